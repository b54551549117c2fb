/// The reason why a file of orders cannot be used. No link was requested.
package enum LinkError: Error, Equatable {
    /// `problem` continues a sentence that starts with "line 3 of the file", or with "the file" if there is no line.
    case badFile(line: Int?, problem: String)
}
