internal import Deliveries

/// What to do about an HTTP status where the provider's own code says no more.
enum StatusAdvice {
    /// One sentence; nil for statuses that mean nothing in particular.
    static func sentence(for response: ProviderResponse, credentials: String) -> String? {
        switch response.status {
        case 300...399: "The address of the API leads elsewhere; check it, for redirects are not followed."
        case 400, 422: "Correct the fields that the provider names."
        case 401: "Check \(credentials)."
        case 403: "Ask the provider to allow this call for the account, or check that the account belongs to this host."
        case 404: "Check the identifier and the address of the API."
        case 409: "The same call was made before with other content; use a new identifier."
        case 410: "The provider has switched this call off; use the one that replaces it."
        case 429: tooMany(response)
        case 500...599: "The fault is the provider's; try again later."
        default: nil
        }
    }

    private static func tooMany(_ response: ProviderResponse) -> String {
        guard let text = response.headers.onlyValue(named: "Retry-After"),
            let seconds = DecimalText.nonNegative(Array(text.utf8))
        else { return "Too many calls; try again later." }
        return "Too many calls; try again in \(seconds) seconds."
    }
}
