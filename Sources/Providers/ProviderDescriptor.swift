package import Deliveries

/// Describes a provider to the rest of Callbox. A `Provider` handles its requests.
package struct ProviderDescriptor: Sendable {
    /// The value of `provider:`, which is also the default name of the source.
    package var name: String
    package var title: String
    /// The provider's APIs, whose names are stored with reports. Usually a single API with the provider's name.
    package var apis: [API]

    // MARK: Fields of reports

    /// The fields that identify the subject of a report, most specific first.
    package var identities: [IdentityFamily] = []
    /// The fields that contain the state of a subject, most informative first.
    package var stateFields: [String] = []
    /// The type of a stored browser redirect; nil if the provider does not redirect browsers.
    package var redirectType: String?

    // MARK: Proof of the sender

    /// The purposes of secrets; the first is the default. Empty if the provider does not sign.
    package var secretPurposes: [SecretPurpose] = []
    /// The secrets of the default source, which exists if there is no configuration file.
    package var defaultSecrets: [DefaultSecret] = []
    /// The schemes that `callbox sign` and `callbox verify` know by name.
    package var schemes: [OfflineScheme] = []
    /// A header that contains the time of sending and is not signed.
    package var unsignedTimeHeader: String?
    /// True if the provider only redirects browsers, so its source needs no secrets.
    package var sendsOnlyBrowsers = false

    // MARK: Secrets that a request carries

    /// The secret headers of this provider, in addition to those of `SecretNames`.
    package var secretHeaders: [String] = []
    /// The secret query parameters of this provider, in addition to those of `SecretNames`.
    package var secretParameters: [String] = []

    // MARK: Calls

    package var callableAPIs: [APIDescription] = []

    // MARK: Registration

    package var registration = Registration()

    package init(name: String, title: String, apis: [API]? = nil) {
        self.name = name
        self.title = title
        self.apis = apis ?? [API(name: name)]
    }

    /// The path of a source if the configuration has none.
    package var defaultPath: String { "/\(name)" }

    /// The values of `--provider`: the provider's name, then those of its APIs.
    package var filterNames: [String] { [name] + apis.map(\.name).filter { $0 != name } }

    package struct API: Sendable {
        package let name: String
        /// The members that `callbox diff` ignores because any two reports differ in them: identifiers and times of the
        /// message.
        package var messageMembers: [String] = []
    }

    package struct DefaultSecret: Sendable {
        package let variable: String
        package let purpose: SecretPurpose
    }

    /// The URLs to register with the provider. `callbox config urls` prints these URLs.
    package struct Registration: Sendable {
        /// An object that contains a URL for each route; nil if the provider does not accept such an object.
        package var routes: Routes?
        /// Single URLs. Each has a name at the provider and a path below the source's path.
        package var addresses = [Address(name: "webhookURL")]
        /// A sentence that explains how to register the URLs.
        package var instructions = "Register webhookURL with the provider."
    }

    package struct Address: Sendable {
        package let name: String
        /// The path below the source's path. Empty, or starts with a slash.
        package var path = ""
    }

    /// An object that contains a URL for each route of a source.
    package struct Routes: Sendable {
        package let name: String
        /// The types without a URL, because they arrive in another way.
        package let excludedTypes: Set<String>
    }
}
