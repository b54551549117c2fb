internal import Deliveries
internal import Providers
internal import Redaction

extension ProviderSecrets {
    /// Those of every provider, whichever sent a request.
    static var all: ProviderSecrets {
        let providers = CallboxCommand.providers
        return ProviderSecrets(headers: providers.secretHeaders, parameters: providers.secretParameters)
    }
}

extension Masking {
    static func value(of field: HeaderField) -> String {
        value(of: field, .all)
    }

    static func target(_ text: String) -> String {
        target(text, .all)
    }
}

extension PersonalData {
    static func target(_ text: String) -> String {
        target(text, .all)
    }
}
