internal import Foundation

/// What one POST /links set up: who is to consent, and where the customer wants everything sent.
struct KlaviLink: Sendable {
    let id: String
    let token: String
    let createdAt: Date
    var personalTaxID: String?
    var businessTaxID: String?
    var institutionCode: String?
    var redirectURL: String?
    var addresses = KlaviReportAddresses.none
    var externalInfo: JSON = [:]
    var appLink: String?
    var appRedirectURLKey: String?

    init(id: String, token: String, createdAt: Date) {
        self.id = id
        self.token = token
        self.createdAt = createdAt
    }

    /// When its token ends, and its page with it.
    var expiresAt: Date { createdAt + KlaviImitation.tokenLifetime }

    /// What a person can choose from on the link's page.
    var institutions: [KlaviInstitution] {
        let offered = KlaviInstitution.offered(by: externalInfo)
        guard let institutionCode, let preset = KlaviInstitution.named(institutionCode) else { return offered }
        return [preset]
    }

    func url(_ baseURL: String) -> String { "\(baseURL)/conecte?v=\(token)" }
}
