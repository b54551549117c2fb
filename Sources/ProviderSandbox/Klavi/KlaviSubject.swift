/// Whom and what a delivery is about, with what is echoed in it.
struct KlaviSubject: Sendable {
    var linkID: String
    var personalTaxID: String
    var businessTaxID: String
    var institutionCode: String?
    var consents: [KlaviConsent] = []
    var externalInfo: JSON

    init(_ link: KlaviLink) {
        linkID = link.id
        personalTaxID = link.personalTaxID ?? ""
        businessTaxID = link.businessTaxID ?? ""
        institutionCode = link.institutionCode
        externalInfo = link.externalInfo
    }

    /// - Parameter link: nil where it was forgotten; nothing is echoed then.
    init(_ consent: KlaviConsent, of link: KlaviLink?) {
        linkID = consent.linkID
        personalTaxID = consent.personalTaxID
        businessTaxID = consent.businessTaxID
        institutionCode = consent.institutionCode
        consents = [consent]
        externalInfo = link?.externalInfo ?? [:]
    }

    init(linkID: String) {
        self.linkID = linkID
        personalTaxID = KlaviTaxID.example
        businessTaxID = ""
        externalInfo = [:]
    }

    /// The fields that every event's payload begins with.
    var payload: [JSON.Member] {
        [
            JSON.Member("personalTaxId", .string(personalTaxID)),
            JSON.Member("businessTaxId", .string(businessTaxID)),
            JSON.Member("linkId", .string(linkID)),
        ]
    }

    /// The `links` of a report: each link at each institution once, with its consents, in their order.
    var linksJSON: JSON {
        var places: [[String]: Int] = [:]
        var groups: [[KlaviConsent]] = []
        for consent in consents {
            let key = [consent.linkID, consent.institutionCode]
            if let place = places[key] {
                groups[place].append(consent)
            } else {
                places[key] = groups.count
                groups.append([consent])
            }
        }
        return .array(
            groups.compactMap { group in
                guard let first = group.first else { return nil }
                return [
                    "linkId": .string(first.linkID), "institutionCode": .string(first.institutionCode),
                    "consents": .array(
                        group.map { ["consentId": .string($0.id), "permissions": $0.permissions] }),
                ]
            })
    }
}
