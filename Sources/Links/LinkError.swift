/// A file of orders cannot be used. Nothing was requested.
package enum LinkError: Error, Equatable {
    /// `problem` continues "line 3 of the file", or "the file" if there is no line.
    case badFile(line: Int?, problem: String)
}
