package import Deliveries

/// What the rest of Callbox knows about a provider, as data. Its code for a request is the `Provider`.
package struct ProviderDescriptor: Sendable {
    /// The word in configuration, `provider: certn`, and the default name of its source.
    package var name: String
    /// The name as people write it.
    package var title: String
    /// The APIs under whose names reports are stored; usually one with the provider's name.
    package var apis: [API]

    // MARK: What its reports carry

    /// Fields that identify what a report is about, the most specific first.
    package var identities: [IdentityFamily] = []
    /// Fields that say how something stands, the most telling first.
    package var stateFields: [String] = []
    /// The type under which a browser redirect is stored; nil if the provider sends no browsers.
    package var redirectType: String?

    // MARK: Proof of the sender

    /// What a secret may be for; the first is meant if a configuration does not say. Empty if nothing can be checked.
    package var secretPurposes: [SecretPurpose] = []
    /// The environment variables that secrets come from when there is no configuration file.
    package var defaultSecrets: [DefaultSecret] = []
    /// The schemes that `callbox sign` and `callbox verify` know by name.
    package var schemes: [OfflineScheme] = []
    /// The header with a time of sending that no signature covers.
    package var unsignedTimeHeader: String?
    /// Whether browsers are all that the provider sends, so that an unchecked source is no mistake.
    package var sendsOnlyBrowsers = false

    // MARK: Secrets that a request carries

    /// Headers whose values are masked, besides those whose name says that they hold a credential.
    package var secretHeaders: [String] = []
    /// Query parameters whose values are masked, besides such as `token` and `password`.
    package var secretParameters: [String] = []

    // MARK: Calls

    /// The APIs that can be called.
    package var callableAPIs: [APIDescription] = []

    // MARK: Registration

    package var registration = Registration()

    package init(name: String, title: String, apis: [API]? = nil) {
        self.name = name
        self.title = title
        self.apis = apis ?? [API(name)]
    }

    /// Where a source takes deliveries unless a configuration says otherwise.
    package var defaultPath: String { "/\(name)" }

    /// The names that filters take: the provider's, then those of its APIs.
    package var filterNames: [String] {
        [name] + apis.map(\.name).filter { $0 != name }
    }

    /// One API of a provider.
    package struct API: Sendable {
        package let name: String
        /// Members of a report that differ between any two and say nothing: identifiers and times of the message.
        package let messageMembers: [String]

        package init(_ name: String, messageMembers: [String] = []) {
            self.name = name
            self.messageMembers = messageMembers
        }
    }

    /// A secret that an environment variable may hold.
    package struct DefaultSecret: Sendable {
        package let variable: String
        package let purpose: SecretPurpose

        package init(_ variable: String, _ purpose: SecretPurpose) {
            self.variable = variable
            self.purpose = purpose
        }
    }

    /// What to enter at the provider, as `callbox config urls` prints it.
    package struct Registration: Sendable {
        /// A URL for each route, as one object.
        package var routes: Routes?
        /// Single URLs: their names at the provider and their paths below the source's.
        package var addresses: [Address]
        /// Where to enter them, in a sentence.
        package var instructions: String

        package init(
            routes: Routes? = nil, addresses: [Address] = [Address("webhookURL")],
            instructions: String = "Register webhookURL at the provider."
        ) {
            self.routes = routes
            self.addresses = addresses
            self.instructions = instructions
        }
    }

    /// A URL to register.
    package struct Address: Sendable {
        package let name: String
        /// Begins with a slash, or is empty.
        package let path: String

        package init(_ name: String, path: String = "") {
            self.name = name
            self.path = path
        }
    }

    /// An object of URLs whose keys are a source's routes.
    package struct Routes: Sendable {
        package let name: String
        /// Types that arrive another way and so have no URL of their own.
        package let excludedTypes: Set<String>

        package init(_ name: String, excludedTypes: Set<String>) {
            self.name = name
            self.excludedTypes = excludedTypes
        }
    }
}
