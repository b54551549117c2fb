package import Deliveries

/// Describes a provider to the rest of Callbox. The code for its requests is a `Provider`.
package struct ProviderDescriptor: Sendable {
    /// The value of `provider:` and the default name of the source.
    package var name: String
    package var title: String
    /// Reports are stored under the names of the APIs; usually one with the provider's name.
    package var apis: [API]

    // MARK: What its reports carry

    /// Fields that identify the subject of a report, the most specific first.
    package var identities: [IdentityFamily] = []
    /// Fields with the state of a subject, the most informative first.
    package var stateFields: [String] = []
    /// The type under which a browser redirect is stored; nil if the provider sends no browsers.
    package var redirectType: String?

    // MARK: Proof of the sender

    /// Purposes of secrets; the first is the default. Empty if the provider signs nothing.
    package var secretPurposes: [SecretPurpose] = []
    /// Secrets of the default source, without a configuration file.
    package var defaultSecrets: [DefaultSecret] = []
    /// The schemes that `callbox sign` and `callbox verify` know by name.
    package var schemes: [OfflineScheme] = []
    /// A header with an unsigned time of sending.
    package var unsignedTimeHeader: String?
    /// True if the provider sends browsers only, so a source without secrets is right.
    package var sendsOnlyBrowsers = false

    // MARK: Secrets that a request carries

    /// Headers that are masked besides those of `SecretNames`.
    package var secretHeaders: [String] = []
    /// Query parameters that are masked besides those of `SecretNames`.
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

    /// Values of `--provider`: the provider's name, then those of its APIs.
    package var filterNames: [String] { [name] + apis.map(\.name).filter { $0 != name } }

    package struct API: Sendable {
        package let name: String
        /// Members that differ between any two reports, which `callbox diff` ignores: identifiers and times of the
        /// message.
        package var messageMembers: [String] = []
    }

    package struct DefaultSecret: Sendable {
        package let variable: String
        package let purpose: SecretPurpose
    }

    /// The URLs to register at the provider, as `callbox config urls` prints them.
    package struct Registration: Sendable {
        /// A URL for each route, as one object.
        package var routes: Routes?
        /// Single URLs: their names at the provider and their paths below the source's.
        package var addresses = [Address(name: "webhookURL")]
        /// A sentence on how to register them.
        package var instructions = "Register webhookURL at the provider."
    }

    package struct Address: Sendable {
        package let name: String
        /// Begins with a slash, or is empty.
        package var path = ""
    }

    /// An object with a URL for each route of a source.
    package struct Routes: Sendable {
        package let name: String
        /// Types that arrive another way and so have no URL of their own.
        package let excludedTypes: Set<String>
    }
}
