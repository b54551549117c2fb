package import Deliveries
package import HTTPListener
package import Providers
package import ReportIndex

/// Everything that can be set, after files, environment and flags were put together. Secrets are named, not yet read.
package struct CallboxConfiguration: Sendable {
    package var listen = ListenSetting(host: "127.0.0.1", port: 8787)
    package var archivePath = "storage/data"
    package var logLevel = "info"
    package var limits = ListenerLimits()
    /// How long a stopping server waits for requests that are under way.
    package var shutdownGrace: Duration = .seconds(10)
    package var quarantine = QuarantineLimits()
    package var indexLag = IndexLag()
    /// Whether a server trains dictionaries by itself as bodies come in.
    package var trainsDictionaries = true
    /// The providers that its sources can be of.
    package let providers: ProviderCatalog
    package var sources: [SourceSettings]
    /// By the APIs' names.
    package var apis: [String: APISettings]
    /// APIs whose address a flag gave: the environment does not go before it.
    package var overriddenAPIs: Set<String> = []
    /// The file this came from; nil where there is none and the defaults hold.
    package var file: String?

    package init(providers: ProviderCatalog = .standard) {
        self.providers = providers
        self.sources = providers.providers.map { SourceSettings(default: $0) }
        self.apis = APISettings.defaults(of: providers)
    }

    /// How long each source's deliveries are kept.
    package var retention: Retention {
        Retention(sources: Dictionary(sources.map { ($0.name, $0.retention) }) { first, _ in first })
    }
}

/// A host and port to listen on.
package struct ListenSetting: Sendable, Equatable, CustomStringConvertible {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `127.0.0.1:8787`, `[::1]:8787`, `localhost:0`; nil for anything else.
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

    /// Whether only this machine can connect. A name such as `127.example.com` may lead anywhere.
    package var isLoopback: Bool {
        let isNumeric = host.allSatisfy { "0123456789.".contains($0) }
        return host == "localhost" || host == "::1" || host.hasPrefix("127.") && isNumeric
    }
}

/// A source as it is configured.
package struct SourceSettings: Sendable {
    package var name: String
    package var provider: any Provider
    package var path: String
    /// `verify: none` stands there.
    package var isExplicitlyUnchecked = false
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

    /// The source that a provider has without a configuration file. Its secrets come from the environment if they are there.
    package init(default provider: any Provider) {
        let descriptor = provider.descriptor
        self.init(name: descriptor.name, provider: provider, path: descriptor.defaultPath)
        secrets = descriptor.defaultSecrets.map { .optional($0.variable, $0.purpose) }
    }
}

/// Where a secret is to be read. Never the secret itself.
package struct SecretReference: Sendable, Equatable {
    package enum Place: Sendable, Equatable {
        case environment(String)
        /// One trailing line break of the file does not count.
        case file(String)
    }

    package let name: String
    package let purpose: SecretPurpose
    package let identity: String?
    package let place: Place
    /// Whether its absence is no error.
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
