/// Why an export or an import ends.
package enum TransferError: Error, Equatable {
    /// - Parameter reason: the text of `errno`.
    case cannotWrite(path: String, reason: String)
    /// - Parameter canResume: whether `--resume` can continue it.
    case fileExists(path: String, canResume: Bool)
    case folderNotEmpty(path: String)
    /// The file that `--resume` names does not end with a record.
    case notResumable(path: String)
    /// - Parameter code: `errno`.
    case cannotRead(path: String, code: Int32)
    case isFolder(path: String)
    case readFailed(name: String)
    /// The input is something else than JSON.
    ///
    /// - Parameters:
    ///   - what: continues "it is".
    ///   - advice: a sentence.
    case notText(name: String, what: String, advice: String)
    /// - Parameter problem: names the line or entry and what is wrong with it.
    case badDelivery(problem: String)
}
