/// The reason why a file of orders is invalid. No link was requested.
package enum LinkError: Error, Equatable {
    /// The file is invalid. `problem` continues a sentence that starts with "line 3 of the file", or with "the file" if
    /// `line` is nil.
    case badFile(line: Int?, problem: String)
}
