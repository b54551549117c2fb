/// An access to unmasked data. The user name is the account that ran the command. It does not prove a person's
/// identity.
///
/// A NUL character becomes U+FFFD, because SQLite's text functions stop at NUL.
package struct AccessRecord: Sendable, Equatable, Codable {
    /// The account that ran the command.
    package let user: String
    /// The command, for example `show`.
    package let command: String
    /// The accessed reports: their IDs, or a filter as text.
    package let subject: String
    package let reason: String?

    /// The maximum length of each text, in bytes of UTF-8.
    package static let textByteCountLimit = 4096

    /// Nil if the user, the command or a reason is empty, or if a string exceeds the limit.
    package init?(user: String, command: String, subject: String, reason: String?) {
        func cleaned(_ text: String) -> String { text.replacing("\0", with: "\u{fffd}") }
        self.user = cleaned(user)
        self.command = cleaned(command)
        self.subject = cleaned(subject)
        self.reason = reason.map(cleaned)
        let longest = [self.user, self.command, self.subject, self.reason ?? ""].map(\.utf8.count).max() ?? 0
        guard !user.isEmpty, !command.isEmpty, reason != "", longest <= Self.textByteCountLimit else { return nil }
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
                forKey: .user, in: container, debugDescription: "a value is missing or too long")
        }
        self = record
    }
}
