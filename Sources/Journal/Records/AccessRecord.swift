/// Masked data was shown in full. What the record says of the person is what their command found, not a proof.
///
/// A NUL character becomes U+FFFD, because SQLite's text functions end at it.
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
        self.user = user.replacing("\0", with: "\u{fffd}")
        self.command = command.replacing("\0", with: "\u{fffd}")
        self.subject = subject.replacing("\0", with: "\u{fffd}")
        self.reason = reason?.replacing("\0", with: "\u{fffd}")
        guard !user.isEmpty, !command.isEmpty, reason != "",
            [self.user, self.command, self.subject, self.reason ?? ""].allSatisfy({
                $0.utf8.count <= Self.textByteCountLimit
            })
        else { return nil }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let record = AccessRecord(
            user: try container.decode(String.self, forKey: .user),
            command: try container.decode(String.self, forKey: .command),
            subject: try container.decode(String.self, forKey: .subject),
            reason: try container.decodeIfPresent(String.self, forKey: .reason))
        guard let record else {
            throw DecodingError.dataCorruptedError(
                forKey: .user, in: container, debugDescription: "a text is missing or too long")
        }
        self = record
    }
}
