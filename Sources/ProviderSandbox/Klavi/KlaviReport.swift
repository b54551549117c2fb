internal import Foundation

/// One product's report: what it is about, and a seed from which its records are written when it goes out.
struct KlaviReport: Sendable {
    static let okMessage = "OK"
    /// Stands in a body where the records go. JSON text never holds it: strings spell it as an escape.
    private static let recordsMark: UInt8 = 1

    let product: KlaviProduct
    let requestID: String
    let id: String
    let subject: KlaviSubject
    let seed: UInt64
    let now: Date
    /// The least size of the body.
    let byteCount: Int

    init(
        _ product: KlaviProduct, requestID: String, about subject: KlaviSubject, byteCount: Int? = nil,
        _ world: inout World
    ) {
        self.product = product
        self.requestID = requestID
        self.subject = subject
        self.byteCount = byteCount ?? 0
        id = world.random.uuid()
        seed = world.random.next()
        now = world.now
    }

    /// The same bytes each time it is asked for.
    var body: [UInt8] {
        let isLegacy = KlaviProduct.legacyNames.contains(product.name)
        let forms = isLegacy ? KlaviRecordForm.legacyForms : KlaviRecordForm.forms(of: product)
        let records = KlaviRecords(forms, seed: seed, now: now, byteCount: byteCount)
        let envelope = (isLegacy ? legacy(records) : current(records)).bytes
        guard let mark = envelope.firstIndex(of: Self.recordsMark) else { return envelope }
        return envelope[..<mark] + records.bytes + envelope[(mark + 1)...]
    }

    private var markedRecords: JSON {
        .array([.number(String(decoding: [Self.recordsMark], as: UTF8.self))])
    }

    /// PROVIDERS.md 1.1.6, in its order.
    private func current(_ records: KlaviRecords) -> JSON {
        let isBusiness = !subject.businessTaxID.isEmpty && (product.isBusiness || subject.personalTaxID.isEmpty)
        return [
            "code": 200, "message": .string(Self.okMessage), "requestId": .string(requestID),
            "productName": .string(product.name), "productVersion": "V1", "productReportId": .string(id),
            "productReportTime": .string(KlaviTime.textWithoutZone(now)),
            isBusiness ? "enquiryCnpj" : "enquiryCpf":
                .string(isBusiness ? subject.businessTaxID : subject.personalTaxID),
            "links": subject.linksJSON, product.containerName: container(records),
            "externalInfo": subject.externalInfo,
        ]
    }

    private func container(_ records: KlaviRecords) -> JSON {
        let code = subject.consents.first?.institutionCode ?? subject.institutionCode ?? ""
        let institution = KlaviInstitution.named(code) ?? KlaviInstitution.all[0]
        switch product.container {
        case .accounts: return [KlaviContainer.account(institution, records, details: markedRecords)]
        case .creditCards: return [KlaviContainer.creditCard(institution, records, now: now, details: markedRecords)]
        case .other: return markedRecords
        }
    }

    /// The older envelope in snake_case; externalInfo only where there is some, since its documentation names none.
    private func legacy(_ records: KlaviRecords) -> JSON {
        let report: JSON = [
            "enquiry_cpf": .string(subject.personalTaxID), "user_consent": true, "allow_autoupdate": false,
            "connection_key": .string("conn-" + String(seed, radix: 16)), "connection_id": .string(subject.linkID),
            "institution_id": .string(subject.institutionCode ?? KlaviInstitution.all[0].code),
            "report_type": .string(product.name), "report_id": .string(id), "report_version": "1.0",
            product.name.lowercased(): markedRecords,
        ]
        return subject.externalInfo == [:] ? report : report.setting("external_info", subject.externalInfo)
    }
}
