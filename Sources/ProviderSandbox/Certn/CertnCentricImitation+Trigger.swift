/// Deliveries asked for by hand.
extension CertnCentricImitation {
    /// Notifies of a case: the one referred to, or a complete one made up. A report is ready of a complete case only, so
    /// that kind completes the case.
    package mutating func trigger(_ trigger: Trigger, _ world: inout World) throws(SandboxRefusal) {
        guard let kind = CentricEvent.Kind(rawValue: trigger.kind) else {
            let known = CentricEvent.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw SandboxRefusal("certn-centric does not deliver '\(trigger.kind)'; it delivers \(known)")
        }
        let url: String
        if let given = trigger.url { url = given } else { url = try enabledURL() }
        var subject = try subject(of: trigger, &world)
        if !trigger.externalInfo.isEmpty { subject.tags = [CertnTagText.text(of: trigger.externalInfo)] }
        if kind == .caseReportReady, subject.status(at: world.now) != .complete {
            subject.redirect(to: [(.complete, 0)], from: world.now)
        }
        let event = CentricEvent(kind, caseID: subject.id, at: world.now, &world)
        let byteCount = event.json.bytes.count
        guard trigger.byteCount ?? 0 <= byteCount else {
            throw SandboxRefusal(
                "a notification of certn-centric has \(byteCount) bytes and cannot be larger; leave out the size")
        }
        cases[subject.id] = subject
        CentricEndpoint.send([event], to: url, &world)
    }

    private func enabledURL() throws(SandboxRefusal) -> String {
        guard let endpoint else {
            throw SandboxRefusal("certn-centric has no webhook URL yet; register one, or give the URL with the trigger")
        }
        switch endpoint.state {
        case .enabled: return endpoint.url
        case .pending:
            throw SandboxRefusal(
                "the endpoint \(endpoint.url) is disabled while its challenge is pending; wait for its answer, or give "
                    + "the URL with the trigger")
        case .disabled:
            throw SandboxRefusal(
                "the endpoint \(endpoint.url) is disabled: the challenge failed; make GET \(endpoint.url)?challenge=… "
                    + "answer 2xx with the value alone, then register it again")
        }
    }

    private func subject(of trigger: Trigger, _ world: inout World) throws(SandboxRefusal) -> CentricCase {
        if let reference = trigger.reference {
            if let known = cases[reference.lowercased()] { return known }
            throw SandboxRefusal(
                "certn-centric has no case '\(reference)'; order one first, or leave out the reference")
        }
        var made = CentricCase(
            email: "ana.souza@example.com", types: [.identity],
            inputClaims: ["name": ["given_name": "Ana", "family_name": "Souza"], "date_of_birth": "1990-02-28"],
            tags: [], &world)
        made.redirect(to: [(.complete, 0)], from: world.now)
        return made
    }
}
