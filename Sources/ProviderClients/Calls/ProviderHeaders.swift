internal import Deliveries

/// Header lines that calls have in common.
enum ProviderHeaders {
    static let json = [HeaderField("Accept", "application/json")]
    static let any = [HeaderField("Accept", "*/*")]
}
