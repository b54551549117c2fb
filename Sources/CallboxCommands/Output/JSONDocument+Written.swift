internal import StrictJSON

extension JSONDocument {
    /// The document of a text that we wrote ourselves.
    convenience init(trusted text: JSONText) throws(CommandFailure) {
        do throws(JSONSyntaxError) {
            try self.init(parsing: Array(text.compact.utf8))
        } catch {
            throw CommandFailure(.internalFailure, "our own JSON does not read back: \(error)")
        }
    }
}
