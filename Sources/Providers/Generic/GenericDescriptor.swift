internal import Deliveries

extension GenericProvider {
    /// The descriptors of providers that the configuration describes.
    static let descriptors = [
        descriptor(name: "generic", scheme: nil), descriptor(name: "standard-webhooks", scheme: .standardWebhooks),
    ]

    package static let names = descriptors.map(\.name)

    static func descriptor(name: String, scheme: HMACScheme?) -> ProviderDescriptor {
        var descriptor = ProviderDescriptor(
            name: name, title: name == "generic" ? "generic JSON webhooks" : "Standard Webhooks")
        descriptor.secretPurposes = scheme == nil ? [] : [.signature]
        descriptor.schemes = scheme.map { [OfflineScheme(name, $0)] } ?? []
        return descriptor
    }
}
