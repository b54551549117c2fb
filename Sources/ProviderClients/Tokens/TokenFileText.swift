internal import Deliveries
internal import StrictJSON

/// The text of a token file: `{"version":1,"tokens":[{"root","account","token","expiresAt"}]}`, times in milliseconds.
enum TokenFileText {
    static let version: Int64 = 1
    /// More than any file of ours has.
    static let byteCountLimit = 1 << 20
    /// Accounts that a file holds; the one that was written first goes first.
    static let tokenCountLimit = 100

    /// The tokens in order; none for a text that is damaged or of another version.
    static func parse(_ bytes: [UInt8]) -> [(TokenAccount, AccessToken)] {
        guard let root = try? JSONDocument(parsing: bytes).root, root["version"]?.rawText == "\(version)",
            let entries = root["tokens"]
        else { return [] }
        return entries.elements.compactMap { entry in
            guard let address = entry["root"]?.string, let account = entry["account"]?.string,
                let text = entry["token"]?.string, let end = entry["expiresAt"]
            else { return nil }
            let milliseconds = DecimalText.nonNegative(Array(end.rawText.utf8))
            guard end.kind == .null || milliseconds != nil,
                let token = AccessToken(
                    text, expiresAt: milliseconds.map { Timestamp(millisecondsSinceEpoch: $0) })
            else { return nil }
            return (TokenAccount(root: address, accountHash: account), token)
        }
    }

    static func write(_ tokens: [(TokenAccount, AccessToken)]) -> [UInt8] {
        let entries = tokens.suffix(tokenCountLimit).map { account, token in
            JSONText.object([
                .init("root", .string(account.root)), .init("account", .string(account.account)),
                .init("token", .string(token.text)),
                .init("expiresAt", token.expiresAt.map { .integer($0.millisecondsSinceEpoch) } ?? .null),
            ])
        }
        let text = JSONText.object([.init("version", .integer(version)), .init("tokens", .array(entries))])
        return Array((text.compact + "\n").utf8)
    }
}
