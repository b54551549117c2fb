internal import Deliveries
internal import Providers
internal import Redaction

// The secrets of every provider are hidden, whichever sent the request.

extension Masking {
    static func value(of field: HeaderField) -> String {
        value(of: field, secretHeaders: CallboxCommand.providers.secretHeaders)
    }

    static func target(_ text: String) -> String {
        target(text, secretParameters: CallboxCommand.providers.secretParameters)
    }
}

extension PersonalData {
    static func target(_ text: String) -> String {
        target(text, secretParameters: CallboxCommand.providers.secretParameters)
    }
}
