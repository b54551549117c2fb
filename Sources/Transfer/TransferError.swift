/// The reason why an export or an import fails.
package enum TransferError: Error, Equatable {
    /// - Parameter reason: the text of `errno`.
    case cannotWrite(path: String, reason: String)
    /// - Parameter canResume: whether `--resume` can continue the file.
    case fileExists(path: String, canResume: Bool)
    case folderNotEmpty(path: String)
    /// The file that `--resume` names does not end with a record.
    case notResumable(path: String)
    /// - Parameter code: `errno`.
    case cannotRead(path: String, code: Int32)
    case isFolder(path: String)
    case readFailed(name: String)
    /// The input is not JSON.
    ///
    /// - Parameters:
    ///   - what: the kind of input, to be appended to "it is".
    ///   - advice: a sentence.
    case notText(name: String, what: String, advice: String)
    /// - Parameter problem: the line or entry, and its problem.
    case badDelivery(problem: String)
}
