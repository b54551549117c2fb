internal import Foundation
internal import StrictJSON

/// A link that POST /links created.
struct KlaviLink: Sendable {
    static let fields: [BodyField] = [
        .optional("personalTaxId", .digits(11)), .optional("businessTaxId", .digits(14)), .optional("email", .text),
        .optional("phone", .text), .optional("connectionKey", .text), .optional("institutionCode", .text),
        .optional("redirectURL", .httpURL), .optional("externalInfo", .object([])), .optional("appLink", .text),
        .optional("appRedirectURLKey", .text), .optional("productsCallbackURL", .object([])),
        .optional("productsCallbackUrl", .object([])),
    ]

    let id: String
    let token: String
    let createdAt: Date
    let rules: KlaviAddressRules
    let order: JSON

    var personalTaxID: String? { order["personalTaxId"]?.string }
    var businessTaxID: String? { order["businessTaxId"]?.string }
    var institutionCode: String? { order["institutionCode"]?.string }
    var redirectURL: String? { order["redirectURL"]?.string?.nonBlank }
    var externalInfo: JSON { .object(order["externalInfo"]?.members ?? []) }

    var expiresAt: Date { createdAt + FakeKlavi.tokenLifetime }

    /// The institutions on the link's page: the preset institution, or else the institutions that the customer's
    /// customization allows.
    var institutions: [KlaviInstitution.Entry] {
        if let institutionCode { return KlaviInstitution.all.filter { $0.code == institutionCode } }
        let codes = externalInfo["customization"]?["institutions"]?.elements?.compactMap(\.string)
        return KlaviInstitution.all.filter { codes?.contains($0.code) ?? true }
    }
}

/// Invented banks.
enum KlaviInstitution {
    typealias Entry = (code: String, name: String, cnpj: String)

    static let all: [Entry] = [
        ("001", "Banco Modelo", "99900002000101"), ("033", "Banco Exemplo", "99900001000150"),
        ("341", "Banco Imaginário", "99900003000154"), ("917", "Cooperativa Exemplo", "99900004000107"),
        ("918", "Fintech Fictícia", "99900005000151"),
    ]

    static func named(_ code: String) -> Entry? { all.first { $0.code == code } }
}

/// A `productsCallbackURL` object, with the URL for each report.
struct KlaviAddressRules: Sendable {
    private var rules: [JSON.Member] = []

    /// Creates no rules if the body has none. Rejects `all` together with other names, and values that are not http or
    /// https URLs.
    init(_ body: JSON) throws {
        rules = body["productsCallbackURL"]?.members ?? body["productsCallbackUrl"]?.members ?? []
        guard rules.count <= 1 || !rules.contains(where: { $0.name == "all" }),
            rules.allSatisfy({ $0.value.string.map(WebAddress.isHTTP) ?? false })
        else { throw Rejection.klaviRule(4006, "Invalid productsCallbackURL") }
    }

    /// The URL for the product itself, or else for `other`, or else for `all`.
    func url(of product: String) -> String? {
        [product, "other", "all"].lazy.compactMap { name in rules.first { $0.name == name }?.value.string }.first
    }
}

/// The consent of one person at one institution, for one link.
struct KlaviConsent: Sendable {
    static let authorised = "AUTHORISED"
    static let permissions = [
        "REGISTRATION_ALL", "ACCOUNTS_ALL", "CREDIT_CARDS_ALL", "CREDIT_OPERATIONS_ALL", "INVESTMENTS_ALL",
    ]

    let id: String
    let linkID: String
    let personalTaxID: String
    let businessTaxID: String
    let institutionCode: String
    private var storedStatus: String
    private(set) var granted: [String]
    private let createdAt: Date
    private var updatedAt: Date

    init(about subject: KlaviSubject, _ status: String, granted: [String], _ world: inout World) {
        id = world.random.uuid()
        linkID = subject.linkID
        personalTaxID = subject.personalTaxID
        businessTaxID = subject.businessTaxID
        institutionCode = subject.institutionCode ?? ""
        storedStatus = status
        self.granted = granted
        createdAt = world.now
        updatedAt = world.now
    }

    /// The expiry, twelve calendar months after the creation.
    var expiresAt: Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(byAdding: .month, value: 12, to: createdAt) ?? .distantFuture
    }

    func status(at now: Date) -> String {
        storedStatus == Self.authorised && now >= expiresAt ? "EXPIRED" : storedStatus
    }

    mutating func set(_ status: String, at now: Date) {
        storedStatus = status
        updatedAt = now
        if status == Self.authorised && granted.isEmpty { granted = Self.permissions }
    }

    var permissions: JSON {
        .object(
            Self.permissions.map {
                JSON.Member($0, ["permissionsGranted": .boolean(granted.contains($0)), "accountIds": []])
            })
    }

    func json(at now: Date) -> JSON {
        [
            "consentId": "\(id)", "linkId": "\(linkID)", "externalTrackId": "", "personalTaxId": "\(personalTaxID)",
            "businessTaxId": "\(businessTaxID)", "institutionCode": "\(institutionCode)",
            "status": "\(status(at: now))",
            "permissionsApply": .array(Self.permissions.map { .string($0) }),
            "permissionsGranted": .array(granted.map { .string($0) }),
            "expireAt": "\(expiresAt.milliseconds)", "createdAt": "\(createdAt.milliseconds)",
            "updatedAt": "\(updatedAt.milliseconds)",
        ]
    }
}

/// The person and the link of a delivery, and the values that the delivery returns to the customer.
struct KlaviSubject: Sendable {
    /// The person in deliveries that belong to no known link.
    static let examplePerson = "12345678909"
    static let exampleCompany = "12345678000195"

    var linkID: String
    var personalTaxID = ""
    var businessTaxID = ""
    var institutionCode: String?
    var consents: [KlaviConsent] = []
    var externalInfo: JSON = [:]
}

extension KlaviSubject {
    init(_ link: KlaviLink) {
        self.init(
            linkID: link.id, personalTaxID: link.personalTaxID ?? "", businessTaxID: link.businessTaxID ?? "",
            institutionCode: link.institutionCode, externalInfo: link.externalInfo)
    }

    /// - Parameter link: the link; nil if it is no longer stored. The delivery then returns no externalInfo.
    init(_ consent: KlaviConsent, of link: KlaviLink?) {
        self.init(
            linkID: consent.linkID, personalTaxID: consent.personalTaxID, businessTaxID: consent.businessTaxID,
            institutionCode: consent.institutionCode, consents: [consent], externalInfo: link?.externalInfo ?? [:])
    }

    /// The `links` member of a report. Contains each combination of link and institution once, with its consents.
    var linksJSON: JSON {
        var keys: [[String]] = []
        for consent in consents where !keys.contains([consent.linkID, consent.institutionCode]) {
            keys.append([consent.linkID, consent.institutionCode])
        }
        return .array(
            keys.map { key in
                let group = consents.filter { [$0.linkID, $0.institutionCode] == key }
                return [
                    "linkId": "\(key[0])", "institutionCode": "\(key[1])",
                    "consents": .array(group.map { ["consentId": "\($0.id)", "permissions": $0.permissions] }),
                ]
            })
    }
}
