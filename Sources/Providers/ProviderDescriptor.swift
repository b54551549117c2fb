package import Deliveries

/// Describes a provider to the rest of Callbox. The code for its requests is a `Provider`.
package struct ProviderDescriptor: Sendable {
    /// The value of `provider:` and the default name of the source.
    package var name: String
    package var title: String
    /// The provider's APIs, under whose names reports are stored. Usually a single one with the provider's name.
    package var apis: [API]

    // MARK: What its reports carry

    /// The fields that identify the subject of a report, the most specific first.
    package var identities: [IdentityFamily] = []
    /// The fields with the state of a subject, the most informative first.
    package var stateFields: [String] = []
    /// The type under which a browser redirect is stored; nil if the provider does not redirect browsers.
    package var redirectType: String?

    // MARK: Proof of the sender

    /// The purposes of secrets, starting with the default. Empty if the provider does not sign.
    package var secretPurposes: [SecretPurpose] = []
    /// The secrets of the default source, which exists without a configuration file.
    package var defaultSecrets: [DefaultSecret] = []
    /// The schemes that `callbox sign` and `callbox verify` know by name.
    package var schemes: [OfflineScheme] = []
    /// A header with an unsigned time of sending.
    package var unsignedTimeHeader: String?
    /// True if the provider only redirects browsers, so a source needs no secrets.
    package var sendsOnlyBrowsers = false

    // MARK: Secrets that a request carries

    /// The headers that are masked in addition to those of `SecretNames`.
    package var secretHeaders: [String] = []
    /// The query parameters that are masked in addition to those of `SecretNames`.
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
        /// The members that `callbox diff` ignores because they differ between any two reports: identifiers and times
        /// of the message.
        package var messageMembers: [String] = []
    }

    package struct DefaultSecret: Sendable {
        package let variable: String
        package let purpose: SecretPurpose
    }

    /// The URLs to register with the provider, as `callbox config urls` prints them.
    package struct Registration: Sendable {
        /// An object with a URL for each route.
        package var routes: Routes?
        /// Single URLs, each with its name at the provider and its path below the source's path.
        package var addresses = [Address(name: "webhookURL")]
        /// A sentence that explains how to register the URLs.
        package var instructions = "Register webhookURL with the provider."
    }

    package struct Address: Sendable {
        package let name: String
        /// The path below the source's path. Starts with a slash, or is empty.
        package var path = ""
    }

    /// An object with a URL for each route of a source.
    package struct Routes: Sendable {
        package let name: String
        /// Types that arrive in another way and therefore have no URL.
        package let excludedTypes: Set<String>
    }
}
