internal import Deliveries
internal import Foundation
package import Providers
internal import StrictJSON

/// Stores tokens in a file with mode 0600, because a command is a process that makes only one call.
///
/// A write locks the `.lock` file beside the token file and replaces the whole token file. A token file that is
/// damaged, is a link, belongs to another user or is accessible to other users counts as empty; the next write replaces
/// it. The file never contains credentials.
package struct TokenFile: TokenStore {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package func token(of account: TokenAccount) -> AccessToken? {
        read().last { $0.0 == account }?.1
    }

    package func setToken(_ token: AccessToken?, of account: TokenAccount) {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { return }
        // Closing the file releases the lock.
        defer { close(lock) }
        guard flock(lock, LOCK_EX) == 0 else { return }
        var tokens = read().filter { $0.0 != account }
        if let token { tokens.append((account, token)) }
        replace(by: TokenFileText.write(tokens))
    }

    /// True if the open file is a regular file that belongs to this user, is not accessible to other users and has a
    /// valid size.
    private static func isOurs(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_mode & 0o077 == 0
            && status.st_uid == geteuid() && Int64(status.st_size) <= Int64(TokenFileText.byteCountLimit)
    }

    private func read() -> [(TokenAccount, AccessToken)] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        // Checks the open descriptor, because the path may name another file a moment later.
        guard Self.isOurs(descriptor) else { return [] }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= TokenFileText.byteCountLimit {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { return [] }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return TokenFileText.parse(bytes)
    }

    private func replace(by bytes: [UInt8]) {
        // Only the holder of the lock writes this file. If the file exists, a killed process has left it.
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        let isWhole = rest.isEmpty && fsync(descriptor) == 0
        close(descriptor)
        if !isWhole || rename(temporary, path) != 0 { unlink(temporary) }
    }
}

/// The text of a token file: `{"version":1,"tokens":[{"root","account","token","expiresAt"}]}`. Times are in
/// milliseconds.
enum TokenFileText {
    static let version: Int64 = 1
    /// The maximum size of a file in bytes. No valid file is larger.
    static let byteCountLimit = 1 << 20
    /// The maximum number of accounts in a file. Beyond this number, the oldest account is removed.
    static let tokenCountLimit = 100

    /// The tokens in order. Empty for a damaged text or another version.
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
                let token = try? AccessToken(
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
