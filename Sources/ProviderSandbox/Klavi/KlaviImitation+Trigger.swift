internal import Foundation

extension KlaviImitation {
    /// The largest body that is made on demand: 1 GB.
    static let byteCountLimit = 1 << 30

    package mutating func trigger(_ trigger: Trigger, _ world: inout World) throws(SandboxRefusal) {
        let product = KlaviProduct(name: trigger.kind)
        if let event = KlaviEventName(rawValue: trigger.kind) {
            try triggerEvent(event, trigger, &world)
        } else if product.hasPrefix {
            try triggerReport(product, trigger, &world)
        } else {
            let events = KlaviEventName.allCases.map(\.rawValue).joined(separator: ", ")
            throw SandboxRefusal(
                "Klavi sends no '\(trigger.kind)'; give a product (pf_… or pj_…) or an event (\(events))")
        }
    }

    private mutating func triggerEvent(
        _ event: KlaviEventName, _ trigger: Trigger, _ world: inout World
    ) throws(SandboxRefusal) {
        guard trigger.byteCount == nil else {
            throw SandboxRefusal("'\(trigger.kind)' is an event, which has no records to grow by; leave the size out")
        }
        let url = try Self.destination(trigger.url ?? consoleURL)
        var subject = subject(of: trigger, isBusiness: false, withAnyConsent: event.consentStatus != nil, &world)
        let requestID = JSON.Member("requestId", .string(world.random.uuid()))
        let product = KlaviProduct.onboarding(isBusiness: !subject.businessTaxID.isEmpty)[0].name
        var details: [JSON.Member] = []
        switch event {
        case .productRequestReceived: details = [requestID, JSON.Member("products", [.string(product)])]
        case .productGeneratedSuccess:
            details = [
                requestID, JSON.Member("productName", .string(product)),
                JSON.Member("productReportId", .string(world.random.uuid())),
            ]
        case .productGeneratedFailed:
            details = [
                requestID, JSON.Member("productName", .string(product)),
                JSON.Member("message", "The institution did not answer"),
            ]
        case .linkActionStatus: details = [JSON.Member("status", .string(KlaviEventName.consentAuthorised.rawValue))]
        default: break
        }
        if let status = event.consentStatus { settle(&subject, status, world) }
        post(event, about: subject, details: details, to: url, &world)
    }

    private mutating func triggerReport(
        _ product: KlaviProduct, _ trigger: Trigger, _ world: inout World
    ) throws(SandboxRefusal) {
        if let byteCount = trigger.byteCount, !(0...Self.byteCountLimit).contains(byteCount) {
            throw SandboxRefusal("the size must be 0 to \(Self.byteCountLimit) bytes")
        }
        let levels = trigger.reference.flatMap { links[$0] }.map { [$0.addresses] } ?? []
        let url = try Self.destination(trigger.url ?? reportURL(of: product.name, levels))
        let subject = subject(of: trigger, isBusiness: product.isBusiness, withAnyConsent: false, &world)
        let report = KlaviReport(
            product, requestID: world.random.uuid(), about: subject, byteCount: trigger.byteCount, &world)
        send(report, to: url, &world)
    }

    /// The link that the trigger names, with its consents, or somebody made up; one consent at least.
    /// - Parameter withAnyConsent: false for authorised ones alone.
    private func subject(
        of trigger: Trigger, isBusiness: Bool, withAnyConsent: Bool, _ world: inout World
    ) -> KlaviSubject {
        var subject: KlaviSubject
        if let link = trigger.reference.flatMap({ links[$0] }) {
            subject = KlaviSubject(link)
            subject.consents = consents(ofLink: link.id).filter { withAnyConsent || $0.storedStatus == .authorised }
        } else {
            subject = KlaviSubject(linkID: trigger.reference ?? world.random.uuid())
            if isBusiness { subject.businessTaxID = KlaviTaxID.businessExample }
        }
        if subject.personalTaxID.isEmpty && subject.businessTaxID.isEmpty {
            subject.personalTaxID = subject.consents.last?.personalTaxID ?? KlaviTaxID.example
        }
        let institution = subject.consents.last?.institutionCode ?? subject.institutionCode
        subject.institutionCode = institution ?? KlaviInstitution.all[1].code
        if subject.consents.isEmpty {
            var consent = KlaviConsent(
                id: world.random.uuid(), linkID: subject.linkID, personalTaxID: subject.personalTaxID,
                businessTaxID: subject.businessTaxID, institutionCode: subject.institutionCode ?? "",
                storedStatus: .authorised, expiresAt: KlaviConsent.end(after: world.now),
                createdAt: world.now, updatedAt: world.now)
            consent.granted = KlaviPermission.allCases
            subject.consents = [consent]
        }
        for member in trigger.externalInfo {
            subject.externalInfo = subject.externalInfo.setting(member.name, member.value)
        }
        return subject
    }

    /// Gives the subject's newest consent this status; kept where its link is known, so that later calls agree with the
    /// event.
    private mutating func settle(_ subject: inout KlaviSubject, _ status: KlaviConsent.Status, _ world: World) {
        guard var consent = subject.consents.last else { return }
        consent.storedStatus = status
        consent.updatedAt = world.now
        if status == .authorised && consent.granted.isEmpty { consent.granted = consent.applied }
        if links[subject.linkID] != nil { keep(consent) }
        subject.consents = [consent]
    }

    private static func destination(_ url: String?) throws(SandboxRefusal) -> String {
        guard let url else {
            throw SandboxRefusal(
                "nobody said where Klavi delivers to; register a URL (callbox-sandbox register klavi …) or give --to")
        }
        guard KlaviURL.isWeb(url) else { throw SandboxRefusal("'\(url)' is no http or https URL") }
        return url
    }
}
