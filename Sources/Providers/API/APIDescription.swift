internal import Deliveries
internal import StrictJSON

/// Describes an API of a provider: how to reach it and which calls it supports.
///
/// The configuration, the commands and the follow-up read these descriptions. No other code names an API.
package struct APIDescription: Sendable {
    /// The name of the API. It is the key under `apis` in the configuration, a part of the variables
    /// `CALLBOX_<NAME>_…`, and the provider name of the API's links.
    package let name: String
    /// The provider whose source archives the deliveries that are fetched from this API.
    package let provider: String
    /// The default base URL: the URL of the provider's sandbox, if there is one.
    package let defaultURL: String
    /// The configuration keys of the credentials. The first credential names the account and is not secret.
    package let credentials: [String]
    /// The environment variables of source secrets that have the same value as a credential, by the configuration key
    /// of the credential. Such a variable is read if the credential's own variable is not set.
    package var sharedVariables: [String: String] = [:]
    /// The configuration keys of additional base URLs, which some calls may use.
    package var extraURLs: [String] = []
    /// The configuration keys of additional optional strings, such as a public key.
    package var extraTexts: [String] = []
    /// The rate limit that the provider documents; nil if it documents none.
    package var callsPerMinute: Int?
    /// The call that fetches an access token; nil if every request contains the credentials.
    package var login: (@Sendable (APIAccount) throws -> ProviderCall<AccessToken>)?
    /// Reads an error response. Returns nil for a success.
    package let rejection: @Sendable (ProviderResponse) -> ProviderRejection?
    /// The forms of `links create`.
    package var links: [any LinkForm.Type] = []
    /// The call that changes a link; nil if the API has none.
    package var update: (any LinkUpdate.Type)?
    /// The call that cancels a link; nil if the API has none.
    package var cancel: LinkCancellation?
    /// The keys of links that grant access. Views mask these keys.
    package var secretLinkKeys: Set<String> = []
    /// The queries of `links fetch`.
    package var lookups: [any Lookup.Type] = []
    package var followUp: FollowUpRules?

    /// The environment variable of a key, such as `CALLBOX_CERTN_CENTRIC_API_KEY` for `api-key`.
    package func environmentName(_ key: String) -> String {
        "CALLBOX_\(name)_\(key)".uppercased().replacing("-", with: "_")
    }
}

extension APIDescription: CustomStringConvertible {
    package var description: String { name }
}

/// The call that cancels a link.
package struct LinkCancellation: Sendable {
    /// The key of the link that the call requires.
    package let key: String
    /// The effect, in the words of the help: "cancels the case".
    package let effect: String
    package let call: @Sendable (String, APIAccount) throws -> ProviderCall<Void>
}

/// An account at an API: its base URL and credentials.
package struct APIAccount: Sendable {
    package let api: APIDescription
    package let root: APIRoot
    /// The credentials by their configuration keys.
    private let texts: [String: Credential]
    private let extraRoots: [String: APIRoot]

    /// Throws `badInput` if a credential is missing, empty or contains control characters.
    package init(
        _ api: APIDescription, root: APIRoot, texts: [String: String], extraRoots: [String: APIRoot] = [:]
    ) throws {
        for name in api.credentials {
            guard let text = texts[name], !text.isEmpty else { throw ProviderCallFailure.badInput("\(name) is empty.") }
            guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
                throw ProviderCallFailure.badInput("\(name) contains a control character, possibly a line break.")
            }
        }
        self.api = api
        self.root = root
        self.texts = texts.mapValues { Credential($0) }
        self.extraRoots = extraRoots
    }

    /// The account's name at the provider.
    package var name: String { text(api.credentials[0]) }

    /// The value of a credential. Every account has all credentials of its API.
    func text(_ key: String) -> String { texts[key]?.text ?? "" }

    func optionalText(_ key: String) -> String? { texts[key]?.text }

    /// The value of an additional base URL; the usual base URL if the additional URL is not set.
    func extraRoot(_ key: String) -> APIRoot { extraRoots[key] ?? root }

    /// A request below the base URL. Includes the access token if the API uses one.
    ///
    /// - Parameter json: the body, which is sent with the content type of JSON.
    func request(
        _ method: String, _ path: String, query: [(String, String?)] = [], json: JSONText? = nil, root: APIRoot? = nil,
        accept: String = "application/json", headers: [HeaderField] = [],
        repetition: ProviderRequest.Repetition? = nil, needsAccessToken: Bool? = nil
    ) -> ProviderRequest {
        ProviderRequest(
            method, (root ?? self.root).url(path, query: query),
            headers: (json == nil ? [] : [HeaderField("Content-Type", "application/json")])
                + [HeaderField("Accept", accept)] + headers,
            body: json.map { Array($0.compact.utf8) } ?? [], repetition: repetition,
            needsAccessToken: needsAccessToken ?? (api.login != nil))
    }
}
