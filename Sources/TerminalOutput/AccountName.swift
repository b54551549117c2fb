internal import Foundation

/// The name of the account that runs the command.
package enum AccountName {
    /// The account, such as `ana`, or `root, logged in as ana` if the user changed the account.
    package static func current() -> String {
        text(account: account(), login: login())
    }

    package static func text(account: String, login: String?) -> String {
        guard let login, !login.isEmpty, login != account else { return account }
        return "\(account), logged in as \(login)"
    }

    private static func account() -> String {
        let user = getuid()
        guard let entry = getpwuid(user), let name = entry.pointee.pw_name else { return "user \(user)" }
        let text = String(cString: name)
        return text.isEmpty ? "user \(user)" : text
    }

    private static func login() -> String? {
        var name = [CChar](repeating: 0, count: 256)
        guard getlogin_r(&name, name.count) == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
