package import Providers

/// The URL, credentials and polling of an API. Contains the locations of credentials, not their values.
package struct APISettings: Sendable, Equatable {
    package var url: String
    /// The additional base URLs. The keys are those of `APIDescription.extraURLs`.
    package var extraURLs: [String: String] = [:]
    /// The locations of credentials and texts. The keys are those of `APIDescription.credentials` and `extraTexts`.
    package var texts: [String: SecretReference.Place]
    /// The file that stores access tokens between runs; nil to keep them in memory.
    package var tokenFile: String?
    /// True if a server fetches the data that deliveries announce.
    package var followsUp = false
    /// The time between two polls, and the wait after a failed call; nil for the API's own interval.
    package var pollInterval: Duration?
    /// The source that archives fetched data; nil for the first source of the API's provider.
    package var source: String?

    package init(_ api: APIDescription) {
        url = api.defaultURL
        texts = Dictionary(
            uniqueKeysWithValues: api.credentials.map { ($0, .environment(api.environmentName($0))) })
    }

    /// The default settings of each API, by the name of the API.
    package static func defaults(of providers: ProviderCatalog) -> [String: APISettings] {
        Dictionary(uniqueKeysWithValues: providers.callableAPIs.map { ($0.name, APISettings($0)) })
    }
}
