/// A provider's API as the commands and the configuration name it.
package enum ProviderAPI: String, CaseIterable, Sendable {
    case klavi
    case certnLegacy = "certn-legacy"
    case certnCentric = "certn-centric"
    case ezid
    case certificall

    /// Where it is where nothing else is said (klavi-reference: API, and so on): the provider's own place to try
    /// things, where it has one.
    package var defaultURL: String {
        switch self {
        case .klavi: "https://api-sandbox.klavi.ai/data/v1"
        case .certnLegacy: "https://demo-api.certn.co"
        case .certnCentric: "https://api.sandbox.certn.co"
        case .ezid: "https://api.ezid.io"
        case .certificall: "https://admin.certificall.app/certificall/api"
        }
    }

    /// What logs in, by the configuration's keys.
    package var credentialNames: [String] {
        switch self {
        case .klavi: ["access-key", "secret-key"]
        case .certnLegacy, .ezid: ["client-id", "client-secret"]
        case .certnCentric: ["api-key"]
        case .certificall: ["username", "password"]
        }
    }

    /// The provider whose source takes in what is fetched.
    package var sourceProvider: String {
        switch self {
        case .certnLegacy, .certnCentric: "certn"
        case .klavi, .ezid, .certificall: rawValue
        }
    }

    /// Whether there is anything to fetch after a delivery: Klavi pushes everything.
    package var hasFollowUp: Bool { self != .klavi }

    /// `CALLBOX_CERTN_CENTRIC_API_KEY` for `api-key`.
    package func environmentName(_ key: String) -> String {
        "CALLBOX_\(rawValue)_\(key)".uppercased().replacing("-", with: "_")
    }
}

/// How an API is reached. Credentials are named, not yet read.
package struct APISettings: Sendable, Equatable {
    package var url: String
    /// Certificall's `/certilink` calls, where they have another base than the rest
    /// (certificall-reference: Undocumented).
    package var certilinkURL: String?
    /// By the names of `ProviderAPI.credentialNames`.
    package var credentials: [String: SecretReference.Place]
    /// EZiD's public key in PEM, which its tokens are checked with.
    package var publicKey: SecretReference.Place?
    /// Where tokens are kept between runs; nil keeps them in memory.
    package var tokenFile: String?
    /// Whether a server fetches what deliveries announce.
    package var followsUp = false
    /// How long the API is left alone between two looks at what it has not told, and after a try that failed; nil for
    /// what is usual.
    package var pollInterval: Duration?
    /// The source that takes in what is fetched; nil for the first of this provider.
    package var source: String?

    package init(_ api: ProviderAPI) {
        url = api.defaultURL
        credentials = Dictionary(
            uniqueKeysWithValues: api.credentialNames.map { ($0, .environment(api.environmentName($0))) })
    }

    /// The settings of every API where a configuration says nothing of it.
    package static let defaults: [ProviderAPI: APISettings] = Dictionary(
        uniqueKeysWithValues: ProviderAPI.allCases.map { ($0, APISettings($0)) })
}
