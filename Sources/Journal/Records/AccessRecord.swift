/// Masked data was shown in full. What the record says of the person is what their command found, not a proof.
package struct AccessRecord: Sendable, Equatable, Codable {
    /// The account that ran the command.
    package let user: String
    /// Such as `show`.
    package let command: String
    /// IDs, or a filter as text.
    package let subject: String
    package let reason: String?

    /// Most bytes of UTF-8 of one text.
    package static let textByteCountLimit = 4096

    /// Nil when user or command is empty, the reason is given but empty, or a text is longer than the limit.
    package init?(user: String, command: String, subject: String, reason: String?) {
        let texts = [user, command, subject, reason ?? ""]
        guard !user.isEmpty, !command.isEmpty, reason != "",
            texts.allSatisfy({ $0.utf8.count <= Self.textByteCountLimit })
        else { return nil }
        self.user = user
        self.command = command
        self.subject = subject
        self.reason = reason
    }
}
