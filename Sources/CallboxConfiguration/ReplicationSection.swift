internal import Foundation
package import HTTPListener
internal import Providers

/// The settings for copying an archive to, or from, another Callbox.
package struct ReplicationSettings: Sendable, Equatable {
    /// The address on which a primary listens for followers; nil for none.
    package var listen: ListenSetting?
    /// The environment variable or file that contains the token of followers; nil without replication.
    package var token: SecretReference.Place?
    /// The TLS settings of the listener for followers; nil to listen without TLS, which is allowed only on loopback.
    package var tls: TLSSettings?
    /// True if a delivery is acknowledged only after a follower has it.
    package var acknowledgesAfterFollower = false
    /// The URL of the primary that `callbox follow` copies.
    package var from: String?
    /// The file with the authorities that sign the primary's certificate; nil for the system's authorities.
    package var authorityFile: String?
    /// The name of this follower in the metrics of the primary.
    package var node = CallboxConfiguration.defaultNode

    package init() {}

    package static let tokenByteCountMinimum = 16
}

/// Reads `replication`.
enum ReplicationSection {
    private static let keys = ["listen", "token", "tls", "acknowledge-after", "from", "ca", "node"]

    /// - Parameter tls: the TLS settings of the sources' listener. They are the default for the listener for followers.
    static func read(_ section: YAMLMapping, tls: TLSSettings?) -> ReplicationSettings {
        section.rejectUnknownKeys(keys)
        var settings = ReplicationSettings()
        settings.listen = section.value("listen", "an address such as 0.0.0.0:8789", ListenSetting.init)
        if let token = section.mapping("token") {
            token.rejectUnknownKeys(["env", "file"])
            settings.token = token.place()
        }
        settings.tls = section.mapping("tls").map(ListenerSection.tls) ?? tls
        settings.acknowledgesAfterFollower =
            section.choice("acknowledge-after", ["commit": false, "follower": true]) ?? false
        settings.from = section.value("from", "a URL such as https://callbox.example.com:8789") {
            ReplicationSettings.problem(ofURL: $0) == nil ? $0 : nil
        }
        settings.authorityFile = section.text("ca").map { ConfigurationFile.resolve($0, besides: section.file) }
        settings.node =
            section.value("node", "1 to 40 characters from a-z, 0-9, '-' and '_'") {
                SourceSection.isName($0) ? $0 : nil
            } ?? settings.node
        if let listen = settings.listen {
            if settings.token == nil { section.reject("token", "is required to listen") }
            if settings.tls == nil, !listen.isLoopback {
                section.reject("tls", "is required, because other machines can reach \(listen)")
            }
        } else if settings.acknowledgesAfterFollower {
            section.reject("acknowledge-after", "needs 'listen', the address that followers connect to")
        }
        return settings
    }
}

extension ReplicationSettings {
    /// The reason why the URL of a primary is invalid; nil if it is valid.
    package static func problem(ofURL text: String) -> String? {
        guard let url = URL(string: text), let scheme = url.scheme, let host = url.host, !host.isEmpty,
            ["http", "https"].contains(scheme), url.query == nil, url.user == nil, url.path.isEmpty
        else { return "is not a URL such as https://callbox.example.com:8789" }
        let isLoopback = ListenSetting(host: host.trimmingCharacters(in: ["[", "]"]), port: 1).isLoopback
        return scheme == "https" || isLoopback
            ? nil : "must begin with https, because the connection leaves this machine"
    }
}

extension CallboxConfiguration {
    /// Reads the replication token.
    package func replicationToken(_ environment: [String: String]) throws(ConfigurationError) -> [UInt8] {
        guard let place = replication.token else {
            throw .invalid(
                "no replication token is configured",
                advice: "Pass --token-env or --token-file, or set replication.token in the configuration.")
        }
        let reference = SecretReference(name: "replication", purpose: .basic, identity: nil, place: place)
        let token = try reference.text(environment)
        guard token.count >= ReplicationSettings.tokenByteCountMinimum, token.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            throw .invalid(
                "the replication token (\(place)) must have at least \(ReplicationSettings.tokenByteCountMinimum) "
                    + "visible ASCII characters", advice: "Create one, for example with 'openssl rand -hex 32'.")
        }
        return token
    }
}
