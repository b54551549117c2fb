package import Deliveries
package import HTTPListener
package import Journal
package import Providers
package import ReportIndex
package import SharedJournal

/// All settings, merged from the file, the environment and flags. Contains the locations of secrets, not their values.
package struct CallboxConfiguration: Sendable {
    package var listen = ListenSetting(host: "127.0.0.1", port: 8787)
    package var archivePath = "storage/data"
    package var logLevel = "info"
    package var logFormat = LogFormat.text
    /// True to log every request, not only rejections and failures.
    package var writesAccessLog = false
    /// The address of the admin listener; nil if there is none.
    package var admin: AdminSetting?
    /// The TLS settings of the listener; nil to listen without TLS.
    package var tls: TLSSettings?
    package var trustedProxies = TrustedProxies()
    package var limits = ListenerLimits()
    /// The maximum time that a stopping server waits for open requests.
    package var shutdownGrace: Duration = .seconds(10)
    package var quarantine = QuarantineLimits()
    package var indexLag = IndexLag()
    /// The shared journal of which the archive is a copy; nil if the archive has its own journal.
    package var journal: SharedJournalSettings?
    /// False for a node that only follows another journal and receives no requests.
    package var receives = true
    package var replication = ReplicationSettings()
    /// True if a server trains dictionaries with the bodies that arrive.
    package var trainsDictionaries = true
    /// The hosts for which a replay or forwarding requires a confirmation.
    package var productionHosts: [HostPattern] = []
    package let providers: ProviderCatalog
    package var sources: [SourceSettings]
    /// The settings of each API, by the name of the API.
    package var apis: [String: APISettings]
    /// The APIs whose URL is set by a flag. The flag takes precedence over the environment.
    package var overriddenAPIs: Set<String> = []
    /// The path of the configuration file; nil if there is none.
    package var file: String?

    /// The path of health checks by load balancers. No source can have this path.
    package static let healthPath = "/healthz"

    package init(providers: ProviderCatalog = .standard) {
        self.providers = providers
        self.sources = providers.providers.map { SourceSettings(default: $0) }
        self.apis = APISettings.defaults(of: providers)
    }

    /// The limits of the listener, as written in a configuration file. Each changed limit is shown with its default
    /// value.
    package var limitTexts: [String] {
        zip(ListenerSection.texts(limits), ListenerSection.texts(ListenerLimits())).map { limit, standard in
            limit.text == standard.text
                ? "\(limit.name) \(limit.text)" : "\(limit.name) \(limit.text) (default \(standard.text))"
        }
    }

    package var retention: Retention {
        Retention(sources: Dictionary(sources.map { ($0.name, $0.retention) }) { first, _ in first })
    }
}

package enum LogFormat: String, Sendable, CaseIterable {
    /// One line per event: time, level, message and `key=value` pairs.
    case text
    /// One JSON object per line.
    case json
}

/// The address of the admin listener. Only this machine can reach this listener, because the listener has no
/// authentication.
package enum AdminSetting: Sendable, Equatable, CustomStringConvertible {
    case tcp(ListenSetting)
    case unixSocket(path: String)

    /// Parses `127.0.0.1:8788` or `unix:PATH`. Nil for any other text, such as an address that other machines can
    /// reach.
    init?(_ text: String, besides file: String) {
        if text.hasPrefix("unix:"), text.utf8.count > 5 {
            self = .unixSocket(path: ConfigurationFile.resolve(String(text.dropFirst(5)), besides: file))
        } else if let setting = ListenSetting(text), setting.isLoopback {
            self = .tcp(setting)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .tcp(let setting): "http://\(setting)"
        case .unixSocket(let path): "unix:\(path)"
        }
    }
}

/// The host and port to listen on.
package struct ListenSetting: Sendable, Equatable, CustomStringConvertible {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Parses `127.0.0.1:8787`, `[::1]:8787` or `localhost:0`. Nil for any other text.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = DecimalText.nonNegative(text[text.index(after: colon)...].utf8),
            port <= 65_535
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// True if only this machine can connect. A name such as `127.example.com` may resolve to any address.
    package var isLoopback: Bool {
        let isNumeric = host.allSatisfy { "0123456789.".contains($0) }
        return host == "localhost" || host == "::1" || host.hasPrefix("127.") && isNumeric
    }
}

/// The settings of a source, before its secrets are read.
package struct SourceSettings: Sendable {
    package var name: String
    package var provider: any Provider
    package var path: String
    /// True for `verify: none`: deliveries are accepted without verification.
    package var isExplicitlyUnchecked = false
    /// True if there is no configuration file. A default source is off until its secret is set.
    package var isDefault = false
    package var toleranceMilliseconds = OriginPolicy.defaultToleranceMilliseconds
    package var bodyByteCountLimit = Source.defaultBodyByteCountLimit
    package var secrets: [SecretReference] = []
    package var routes: RouteTable = .empty
    package var redirects: RedirectPolicy = .none
    package var senderPolicy: SenderPolicy = .anywhere
    package var retention = Retention.SourceTerms()

    package init(name: String, provider: any Provider, path: String) {
        self.name = name
        self.provider = provider
        self.path = path
    }

    /// The default source of a provider, used if there is no configuration file. The secrets of this source are read
    /// from the environment if they are set.
    package init(default provider: any Provider) {
        let descriptor = provider.descriptor
        self.init(name: descriptor.name, provider: provider, path: descriptor.defaultPath)
        isDefault = true
        secrets = descriptor.defaultSecrets.map { .optional($0.variable, $0.purpose) }
    }
}

/// The location of a secret. Never contains the secret itself.
package struct SecretReference: Sendable, Equatable {
    package enum Place: Sendable, Equatable {
        case environment(String)
        case file(String)
    }

    package let name: String
    package let purpose: SecretPurpose
    package let identity: String?
    package let place: Place
    /// True if the secret may be missing, as for default sources.
    package let isOptional: Bool

    package init(name: String, purpose: SecretPurpose, identity: String?, place: Place, isOptional: Bool = false) {
        self.name = name
        self.purpose = purpose
        self.identity = identity
        self.place = place
        self.isOptional = isOptional
    }

    fileprivate static func optional(_ variable: String, _ purpose: SecretPurpose) -> SecretReference {
        SecretReference(
            name: variable, purpose: purpose, identity: nil, place: .environment(variable), isOptional: true)
    }
}
