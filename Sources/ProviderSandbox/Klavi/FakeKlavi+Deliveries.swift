internal import Deliveries
internal import Foundation
internal import StrictJSON

/// The reports that calls and triggers request, and the events about them.
extension FakeKlavi {
    /// The events that general partners receive, and one event that regulated institutions receive.
    private static let events = [
        "link_created", "consent_authorised", "consent_error", "consent_rejected", "consent_expired", "consent_revoked",
        "consent_deleted_by_user", "product_request_received", "product_generated_success", "product_generated_failed",
        "link_action_status",
    ]
    /// The prefix of the names of events about a consent. The consent's new status follows this prefix.
    private static let consentPrefix = "consent_"

    /// Handles POST requests for `institution-data` and `user-data` under `/personal` and `/business`.
    mutating func requestReports(
        _ request: APIRequest, isBusiness: Bool, isInstitutionLevel: Bool, _ world: inout World
    ) throws -> Response {
        let institution = BodyField(name: "institutionCode", kind: .text, isRequired: isInstitutionLevel)
        let object = try request.object(
            [
                .required("taxId", .digits(isBusiness ? 14 : 11)), institution, .required("products", .texts),
                .optional("linkId", .text), .optional("consentIds", .texts), .optional("externalInfo", .object([])),
                .optional("productsCallbackURL", .object([])), .optional("productsCallbackUrl", .object([])),
            ], rejecting: Rejection.klavi)
        let rules = try KlaviAddressRules(object)
        let names = object["products"]?.elements?.compactMap(\.string) ?? []
        guard !names.isEmpty else { throw Rejection.klaviRule(4005, "Invalid products: at least one is needed") }
        let institutionCode = object["institutionCode"]?.string
        try Self.requireInstitution(institutionCode)
        let consentIDs = object["consentIds"]?.elements?.compactMap(\.string) ?? []
        let inScope = (object["linkId"]?.string.map(consents(ofLink:)) ?? consents.values).filter { consent in
            consent.status(at: world.now) == KlaviConsent.authorised
                && (isBusiness ? consent.businessTaxID : consent.personalTaxID) == object["taxId"]?.string
                && (institutionCode ?? consent.institutionCode) == consent.institutionCode
                && (consentIDs.isEmpty || consentIDs.contains(consent.id))
        }
        guard let latest = inScope.last, consentIDs.allSatisfy({ id in inScope.contains { $0.id == id } }) else {
            throw Rejection.klaviRule(4008, "Not enough authorisation information")
        }
        let link = links[latest.linkID]
        var subject = KlaviSubject(latest, of: link)
        subject.consents = inScope
        if let externalInfo = object["externalInfo"], externalInfo.members != nil {
            subject.externalInfo = externalInfo
        }
        let products = KlaviProduct.named(names, isBusiness: isBusiness)
        let requestID = world.random.uuid()
        let list = JSON.array(products.map { .string($0.name) })
        send(
            "product_request_received", about: subject, details: ["requestId": "\(requestID)", "products": list], &world
        )
        deliver(products, requestID: requestID, about: subject, [rules, link?.rules].compactMap { $0 }, &world)
        return .json(200, ["requestId": "\(requestID)", "message": "ok"])
    }

    /// Sends the report of each product, and then an event about it. A product without permission fails.
    func deliver(
        _ products: [KlaviProduct], requestID: String, about subject: KlaviSubject, _ rules: [KlaviAddressRules],
        _ world: inout World
    ) {
        let granted = Set(subject.consents.flatMap(\.granted))
        var outcomes: [(event: String, details: JSON)] = []
        for product in products {
            let details: JSON = ["requestId": "\(requestID)", "productName": "\(product.name)"]
            if let permission = product.permission, !granted.contains(permission) {
                let message = "\(permission) was not granted"
                outcomes.append(("product_generated_failed", details.setting("message", .string(message))))
                continue
            }
            let report = KlaviReport(product, requestID: requestID, about: subject, &world)
            if let url = reportURL(of: product, rules) { send(report, to: url, &world) }
            outcomes.append(("product_generated_success", details.setting("productReportId", .string(report.id))))
        }
        for (event, details) in outcomes { send(event, about: subject, details: details, &world) }
    }

    mutating func trigger(_ trigger: Trigger, _ world: inout World) throws {
        let product = KlaviProduct(name: trigger.type)
        if Self.events.contains(trigger.type) {
            try triggerEvent(trigger, &world)
        } else if product.isNamedLikeOne {
            let rules = trigger.reference.flatMap { links[$0] }.map { [$0.rules] } ?? []
            let url = try destination(trigger, registered: reportURL(of: product, rules))
            let now = world.now
            let subject = subject(of: trigger, isBusiness: product.isBusiness, &world) {
                $0.status(at: now) == KlaviConsent.authorised
            }
            let byteCount = trigger.byteCount ?? 0
            let id = world.random.uuid()
            send(KlaviReport(product, requestID: id, about: subject, byteCount: byteCount, &world), to: url, &world)
        } else {
            try require(trigger, ["products (pf_… or pj_…)"] + Self.events)
        }
    }

    private mutating func triggerEvent(_ trigger: Trigger, _ world: inout World) throws {
        try require(trigger, Self.events)
        let url = try destination(trigger, registered: registeredURL)
        var subject = subject(of: trigger, isBusiness: false, &world) { _ in true }
        let product = JSON.string(KlaviProduct.onboarding(isBusiness: !subject.businessTaxID.isEmpty)[0].name)
        let id = JSON.string(world.random.uuid())
        let details: JSON =
            switch trigger.type {
            case "product_request_received": ["requestId": id, "products": [product]]
            case "product_generated_success":
                ["requestId": id, "productName": product, "productReportId": .string(world.random.uuid())]
            case "product_generated_failed":
                ["requestId": id, "productName": product, "message": "The institution did not respond"]
            case "link_action_status": ["status": "consent_authorised"]
            default: [:]
            }
        if trigger.type.hasPrefix(Self.consentPrefix), var consent = subject.consents.last {
            consent.set(trigger.type.dropFirst(Self.consentPrefix.count).uppercased(), at: world.now)
            // Stores the consent if its link is known, because later calls must be consistent with the event.
            if links[subject.linkID] != nil { keep(consent) }
            subject.consents = [consent]
        }
        send(trigger.type, about: subject, details: details, to: url, &world)
    }

    /// The subject of a trigger: the link that the trigger names, with the consents that meet a condition, or an
    /// example. The subject has at least one consent.
    private func subject(
        of trigger: Trigger, isBusiness: Bool, _ world: inout World, _ isIncluded: (KlaviConsent) -> Bool
    ) -> KlaviSubject {
        var subject: KlaviSubject
        if let link = trigger.reference.flatMap({ links[$0] }) {
            subject = KlaviSubject(link)
            subject.consents = consents(ofLink: link.id).filter(isIncluded)
        } else {
            subject = KlaviSubject(linkID: trigger.reference ?? world.random.uuid())
            subject.personalTaxID = KlaviSubject.examplePerson
            if isBusiness { subject.businessTaxID = KlaviSubject.exampleCompany }
        }
        if subject.personalTaxID.isEmpty && subject.businessTaxID.isEmpty {
            subject.personalTaxID = subject.consents.last?.personalTaxID ?? KlaviSubject.examplePerson
        }
        subject.institutionCode = subject.consents.last?.institutionCode ?? subject.institutionCode ?? "033"
        if subject.consents.isEmpty {
            let granted = KlaviConsent.permissions
            subject.consents = [KlaviConsent(about: subject, KlaviConsent.authorised, granted: granted, &world)]
        }
        subject.externalInfo = subject.externalInfo.merging(.object(trigger.externalInfo))
        return subject
    }

    /// The URL for a product's report, from the first level that has a rule for the product. If no level has such a
    /// rule, the registered URL is used.
    private func reportURL(of product: KlaviProduct, _ levels: [KlaviAddressRules]) -> String? {
        levels.lazy.compactMap { $0.url(of: product.name) }.first ?? registeredURL
    }

    func send(
        _ event: String, about subject: KlaviSubject, details: JSON = [:], to url: String? = nil,
        _ world: inout World
    ) {
        let json = Self.event(event, about: subject, details, &world)
        guard let url = url ?? registeredURL else { return }
        world.send(Self.callback(event, url: url, linkID: subject.linkID) { json.bytes })
    }

    private func send(_ report: KlaviReport, to url: String, _ world: inout World) {
        world.send(Self.callback(report.product.name, url: url, linkID: report.subject.linkID) { report.body })
    }

    /// A callback with up to six attempts, until the status is exactly 200. The deliveries of a link are sent one after
    /// another.
    private static func callback(
        _ type: String, url: String, linkID: String, makeBody: @escaping @Sendable () -> [UInt8]
    ) -> Callback {
        Callback(
            provider: name, type: type, url: url, group: "klavi:\(linkID)",
            policy: RetryPolicy(waits: [0.25, 0.5, 1, 2, 4]) { $0 == 200 }, reference: linkID, makeBody: makeBody
        ) { body, conditions in
            let signature = Signature.hex(body, conditions.secret(SandboxAccount.klaviSecretKey))
            return [
                HeaderField("User-Agent", "Klavi-Webhook/1.0 (sandbox)"),
                HeaderField(Signature.klaviTimeHeader, String(conditions.secondsSinceEpoch)),
                HeaderField(Signature.klaviHeader, signature),
            ]
        }
    }

    /// An array with one event. The documentation shows `consents` only for consent_authorised. In the sandbox, all
    /// events about a consent contain this member, because otherwise no member would identify the consent.
    private static func event(
        _ name: String, about subject: KlaviSubject, _ details: JSON, _ world: inout World
    ) -> JSON {
        var payload: JSON = [
            "personalTaxId": "\(subject.personalTaxID)", "businessTaxId": "\(subject.businessTaxID)",
            "linkId": "\(subject.linkID)",
        ]
        if name != "link_created" {
            payload = payload.setting("institutionCode", "\(subject.institutionCode ?? "")")
        }
        if name.hasPrefix(consentPrefix), let consent = subject.consents.first {
            let consent: JSON = [
                "consentId": "\(consent.id)", "externalTrackId": "", "institutionCode": "\(consent.institutionCode)",
                "permissions": consent.permissions,
            ]
            payload = payload.setting("consents", consent)
        }
        // The ID consists of 13 digits of milliseconds, a hyphen and 24 hexadecimal digits.
        let milliseconds = Int64((world.now.timeIntervalSince1970 * 1000).rounded())
        return [
            [
                "partnerAppId": "12345678", "eventId": "\(milliseconds)-\(world.random.hex(24))", "eventType": "api",
                "eventName": "\(name)", "eventTime": "\(world.now.milliseconds)",
                "payload": payload.merging(details), "externalInfo": subject.externalInfo,
            ]
        ]
    }
}
