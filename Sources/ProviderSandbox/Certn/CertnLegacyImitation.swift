internal import Foundation

/// Certn's API of before Centric: applicants are ordered or invited, read, and reported by webhook (PROVIDERS.md 2A).
/// It answers as it did before it was switched off.
package struct CertnLegacyImitation: Imitation {
    package static let name = "certn-legacy"

    private var tokens = CertnLegacyTokens()
    var applicants = RecentRecords<String, CertnApplicant>()
    private(set) var webhookURL: String?

    package init() {}

    package mutating func answer(_ request: APIRequest, _ world: inout World) -> APIReply? {
        switch (request.path.first, request.path.dropFirst().first) {
        case ("token", nil): return tokens.answer(request, &world)
        case ("certn", "onboarding") where request.path.count == 2: return onboard(request, &world)
        case ("api", "v1") where ["users", "hr", "pm"].contains(request.path.dropFirst(2).first): break
        case ("api", "v2") where request.path.dropFirst(2).first == "reports": break
        default: return nil
        }
        if let refusal = tokens.refusal(of: request, world) { return refusal }
        return call(request, &world)
    }

    package mutating func register(_ registration: Registration, _ world: inout World) throws(SandboxRefusal) {
        guard registration.scheme == nil else {
            throw SandboxRefusal("Certn signs in one way only; leave out the scheme")
        }
        webhookURL = registration.url
    }

    /// Delivers an applicant whose screening is complete: the one referred to, which is completed where it is not, or
    /// one made up.
    package mutating func trigger(_ trigger: Trigger, _ world: inout World) throws(SandboxRefusal) {
        guard trigger.kind == CertnLegacyWebhook.kind else {
            throw SandboxRefusal("certn-legacy does not deliver '\(trigger.kind)'; it delivers applicant")
        }
        guard trigger.byteCount == nil else {
            throw SandboxRefusal("an applicant has no records to grow by; leave the size out")
        }
        guard let url = trigger.url ?? webhookURL else {
            throw SandboxRefusal("certn-legacy has no webhook URL yet; register one, or give the URL with the trigger")
        }
        var applicant: CertnApplicant
        if let reference = trigger.reference {
            guard let known = applicants[reference.lowercased()] else {
                throw SandboxRefusal(
                    "certn-legacy has no applicant '\(reference)'; create one first, or leave out the reference")
            }
            applicant = known
        } else {
            applicant = CertnApplicant(.example, industry: .hr, isInvite: false, &world)
        }
        if !trigger.externalInfo.isEmpty { applicant.form.tag = CertnTagText.text(of: trigger.externalInfo) }
        applicant.complete(at: world.now)
        applicants[applicant.id] = applicant
        world.send(CertnLegacyWebhook.callback(document(applicant, world), url: url))
    }
}
