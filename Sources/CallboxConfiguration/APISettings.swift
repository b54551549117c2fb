package import Providers

/// How an API is reached. Credentials are named, not yet read.
package struct APISettings: Sendable, Equatable {
    package var url: String
    /// By the keys that the API's description names.
    package var extraURLs: [String: String] = [:]
    /// Credentials and further texts by the keys that the API's description names.
    package var texts: [String: SecretReference.Place]
    /// The file that keeps tokens between runs; nil keeps them in memory.
    package var tokenFile: String?
    /// Whether a server fetches what deliveries announce.
    package var followsUp = false
    /// The time between two looks at the API, and after a try that failed; nil for the API's own.
    package var pollInterval: Duration?
    /// The source that takes in what is fetched; nil for the first of the API's provider.
    package var source: String?

    package init(_ api: APIDescription) {
        url = api.defaultURL
        texts = Dictionary(
            uniqueKeysWithValues: api.credentials.map { ($0, .environment(api.environmentName($0))) })
    }

    /// The settings of every API, by name, if a configuration says nothing of it.
    package static func defaults(of providers: ProviderCatalog) -> [String: APISettings] {
        Dictionary(uniqueKeysWithValues: providers.callableAPIs.map { ($0.name, APISettings($0)) })
    }
}
