package import Deliveries

/// The providers that a configuration can name. The catalog is a value, so tests can add a provider.
package struct ProviderCatalog: Sendable {
    /// The providers of this product, in the order of the help texts.
    package static let standard = ProviderCatalog(providers: [
        KlaviProvider(), CertnProvider(), EZiDProvider(), CertificallProvider(),
    ])

    /// The providers that need no description in the configuration. Without a configuration file, each of them has a
    /// source.
    package let providers: [any Provider]
    /// The descriptors of all providers, including those that a configuration describes.
    package let descriptors: [ProviderDescriptor]
    /// The families of identifying fields, in the order of the providers. Several families may have the same name.
    package let identities: [IdentityFamily]
    package let stateFields: [String]
    /// The names of secret headers, in lower case.
    package let secretHeaders: Set<String>
    /// The names of secret query parameters, in lower case.
    package let secretParameters: Set<String>

    package init(providers: [any Provider]) {
        self.providers = providers
        descriptors = providers.map(\.descriptor) + GenericProvider.descriptors
        identities = descriptors.flatMap(\.identities)
        stateFields = descriptors.flatMap(\.stateFields).uniqued()
        secretHeaders = Set(descriptors.flatMap(\.secretHeaders).map { $0.lowercased() })
        secretParameters = Set(descriptors.flatMap(\.secretParameters).map { $0.lowercased() })
    }

    /// The values of `provider:` in the configuration.
    package var names: [String] { descriptors.map(\.name) }

    /// The values of `--provider`.
    package var filterNames: [String] { descriptors.flatMap(\.filterNames) }

    /// The schemes that can be used without a configuration.
    package var schemes: [OfflineScheme] { descriptors.flatMap(\.schemes) }

    /// The provider with this name; nil if it needs a description in the configuration.
    package func provider(named name: String) -> (any Provider)? {
        providers.first { $0.name.hasSameBytes(as: name) }
    }

    /// The APIs that a value of `--provider` selects. The name of a provider selects all of its APIs.
    package func apis(named name: String) -> [String] {
        descriptors.first { $0.name == name }?.apis.map(\.name) ?? [name]
    }

    package func messageMembers(ofAPI name: String) -> [String] {
        descriptors.lazy.flatMap(\.apis).first { $0.name == name }?.messageMembers ?? []
    }

    /// The APIs that can be called, in the order of the help texts.
    package var callableAPIs: [APIDescription] { descriptors.flatMap(\.callableAPIs) }

    package func callableAPI(named name: String) -> APIDescription? {
        callableAPIs.first { $0.name == name }
    }

    /// The keys of links that grant access. Views mask these keys.
    package var secretLinkKeys: Set<String> {
        callableAPIs.reduce(into: []) { $0.formUnion($1.secretLinkKeys) }
    }
}
