import StrictJSON

extension JSONDocument {
    /// The document of a text in UTF-8.
    convenience init(_ text: String) throws(JSONSyntaxError) {
        try self.init(parsing: Array(text.utf8))
    }
}
