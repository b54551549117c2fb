internal import Deliveries
internal import StrictJSON

/// Describes an API of a provider: how to reach it and which calls it has.
///
/// The configuration, the commands and the follow-up read these; none of them names an API.
package struct APIDescription: Sendable {
    /// The key under `apis` in the configuration, part of `CALLBOX_<NAME>_…`, and the provider of its links.
    package let name: String
    /// The provider whose source archives fetched deliveries.
    package let provider: String
    /// The provider's sandbox, if it has one.
    package let defaultURL: String
    /// The configuration's keys of the credentials. The first one names the account and is not secret.
    package let credentials: [String]
    /// For each credential, the variable of a source's secret that has the same value. It is read if the credential's
    /// own is not set.
    package var sharedVariables: [String: String] = [:]
    /// Keys of further base URLs, for calls that may have another one.
    package var extraURLs: [String] = []
    /// Keys of further optional texts, such as a public key.
    package var extraTexts: [String] = []
    /// The limit that the provider documents.
    package var callsPerMinute: Int?
    /// Fetches an access token; nil if every request carries the credentials.
    package var login: (@Sendable (APIAccount) throws -> ProviderCall<AccessToken>)?
    /// Reads an error response; nil for a success.
    package let rejection: @Sendable (ProviderResponse) -> ProviderRejection?
    /// Orders of `links create`.
    package var links: [any LinkForm.Type] = []
    /// Nil if the API cannot change a link.
    package var update: (any LinkUpdate.Type)?
    /// Nil if the API cannot cancel a link.
    package var cancel: LinkCancellation?
    /// Keys of links that open something and are masked.
    package var secretLinkKeys: Set<String> = []
    /// Queries of `links fetch`.
    package var lookups: [any Lookup.Type] = []
    package var followUp: FollowUpRules?

    /// `CALLBOX_CERTN_CENTRIC_API_KEY` for `api-key`.
    package func environmentName(_ key: String) -> String {
        "CALLBOX_\(name)_\(key)".uppercased().replacing("-", with: "_")
    }
}

extension APIDescription: CustomStringConvertible {
    package var description: String { name }
}

/// The call that cancels a link.
package struct LinkCancellation: Sendable {
    /// The key of the link that the call needs.
    package let key: String
    /// For the help: "cancels the case".
    package let effect: String
    package let call: @Sendable (String, APIAccount) throws -> ProviderCall<Void>
}

/// An account at an API: its base URL and credentials.
package struct APIAccount: Sendable {
    package let api: APIDescription
    package let root: APIRoot
    /// The credentials by their keys in the configuration.
    private let texts: [String: Credential]
    private let extraRoots: [String: APIRoot]

    /// Throws `badInput` for a credential that is missing, empty or holds control characters.
    package init(
        _ api: APIDescription, root: APIRoot, texts: [String: String], extraRoots: [String: APIRoot] = [:]
    ) throws {
        for name in api.credentials {
            guard let text = texts[name], !text.isEmpty else { throw ProviderCallFailure.badInput("\(name) is empty.") }
            guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
                throw ProviderCallFailure.badInput("\(name) contains a control character, perhaps a line end.")
            }
        }
        self.api = api
        self.root = root
        self.texts = texts.mapValues { Credential($0) }
        self.extraRoots = extraRoots
    }

    /// The account's name at the provider.
    package var name: String { text(api.credentials[0]) }

    /// A credential of the description, which every account has.
    func text(_ key: String) -> String { texts[key]?.text ?? "" }

    func optionalText(_ key: String) -> String? { texts[key]?.text }

    /// A base URL of the description, if it is not the usual one.
    func extraRoot(_ key: String) -> APIRoot { extraRoots[key] ?? root }

    /// A request under the base URL that carries the access token, if the API has any.
    ///
    /// - Parameter json: sent with its content type.
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
