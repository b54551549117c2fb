internal import CLibPQ
internal import Foundation

/// The address of a database and the user name for logging in. Contains no password.
package struct PostgresAddress: Sendable, Equatable {
    package enum PasswordPlace: Sendable, Equatable {
        case environment(String)
        case file(String)
    }

    /// A URL such as `postgres://user@host/database`. The URL may have several hosts and parameters, as in libpq
    /// (postgresql.org/docs/15/libpq-connect.html §34.1.1.2).
    package let url: String
    package var password: PasswordPlace?
    /// The file with the authorities that sign the server's certificate; nil for the system's authorities.
    package var authorityFile: String?

    /// - Returns: nil if the text is not such a URL or contains a password; `problem` then describes why.
    package init?(_ url: String, problem: inout String) {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://"), !url.utf8.contains(0) else {
            problem = "must be a URL such as postgres://callbox@db.example.com/callbox"
            return nil
        }
        guard let options = PQconninfoParse(url, nil) else {
            problem = "is not a URL that libpq can read"
            return nil
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if strcmp(keyword, "password") == 0, option.pointee.val != nil {
                problem = "contains a password; use 'password' with a variable or a file instead"
                return nil
            }
            option += 1
        }
        self.url = url
    }

    /// The address for messages, without user and parameters: `db.example.com/callbox`.
    package var place: String {
        let rest = url.split(separator: "://", maxSplits: 1).last ?? ""
        let path = rest.prefix { $0 != "?" }
        return String(path.split(separator: "@", maxSplits: 1).last ?? path)
    }

    private static let passwordByteCountLimit = 4096
    /// The certificate bundles that Debian's ca-certificates and similar packages maintain.
    private static let systemAuthorities = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]

    /// The parameters for `PQconnectdbParams`. The URL overrides the parameters that precede the URL.
    func parameters(application: String) throws(PostgresFailure) -> [(name: String, value: String)] {
        var parameters = [("sslmode", "verify-full")]
        let authorities =
            authorityFile ?? Self.systemAuthorities.first { FileManager.default.isReadableFile(atPath: $0) }
        if let authorities { parameters.append(("sslrootcert", authorities)) }
        parameters += [
            ("connect_timeout", "3"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "10000"), ("dbname", url),
            ("client_encoding", "UTF8"), ("application_name", application),
        ]
        if let password = try passwordText() { parameters.append(("password", password)) }
        return parameters
    }

    /// Line breaks at the end of the password are removed, as for all secrets.
    private func passwordText() throws(PostgresFailure) -> String? {
        let bytes: [UInt8]
        let place: String
        switch password {
        case nil: return nil
        case .environment(let name)?:
            place = "the environment variable \(name)"
            guard let text = ProcessInfo.processInfo.environment[name] else {
                throw .cannotConnect(reason: "the password is not set in \(place)")
            }
            bytes = Array(text.utf8)
        case .file(let path)?:
            place = path
            guard let file = FileHandle(forReadingAtPath: path),
                let data = try? file.read(upToCount: Self.passwordByteCountLimit)
            else { throw .cannotConnect(reason: "the password cannot be read from \(path)") }
            bytes = Array(data)
        }
        let end = (bytes.lastIndex { $0 != 0x0a && $0 != 0x0d } ?? -1) + 1
        // libpq would cut the text at a NUL.
        guard end > 0, let text = String(validating: bytes[..<end], as: UTF8.self),
            !bytes[..<end].contains(where: { $0 == 0x0a || $0 == 0x0d || $0 == 0 })
        else { throw .cannotConnect(reason: "\(place) must contain the password on one line") }
        return text
    }
}
