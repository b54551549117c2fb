internal import Foundation

/// Certn's Centric API: cases are ordered, live through their statuses, and are told of in thin notifications
/// (PROVIDERS.md 2B).
package struct CertnCentricImitation: Imitation {
    package static let name = "certn-centric"

    var cases = RecentRecords<String, CentricCase>()
    var files = RecentRecords<String, CentricReportFile>()
    private(set) var endpoint: CentricEndpoint?

    package init() {}

    package mutating func answer(_ request: APIRequest, _ world: inout World) -> APIReply? {
        switch (request.path.first, request.path.dropFirst().first) {
        case ("centric", "invite") where request.path.count == 2: return invite(request, &world)
        case (CentricReportFile.folder, _?): return pdf(request, world)
        case ("api", "public"): break
        default: return nil
        }
        if let refusal = Self.refusal(of: request) { return refusal }
        return call(request, &world)
    }

    /// Sends the challenge; deliveries begin when it was echoed.
    package mutating func register(_ registration: Registration, _ world: inout World) throws(SandboxRefusal) {
        guard registration.scheme == nil else {
            throw SandboxRefusal("Certn signs in one way only; leave out the scheme")
        }
        let endpoint = CentricEndpoint(url: registration.url, &world)
        self.endpoint = endpoint
        world.send(CentricWebhook.challenge(url: endpoint.challengeURL))
    }

    package mutating func conclude(_ callback: Callback, _ outcome: CallbackOutcome, _ world: inout World) {
        guard callback.kind == CentricWebhook.challengeKind, callback.url == endpoint?.challengeURL else { return }
        endpoint?.conclude(outcome, &world)
    }

    /// Lets a case take these statuses, each after so many seconds, and tells of every change of it and its checks.
    mutating func change(
        _ subject: inout CentricCase, to statuses: [(status: CentricCaseStatus, after: TimeInterval)],
        _ world: inout World
    ) {
        var checkStatus = subject.status(at: world.now).ofChecks
        subject.redirect(to: statuses, from: world.now)
        cases[subject.id] = subject
        var events: [CentricEvent] = []
        for (status, after) in statuses {
            let date = world.now + after
            let areChecksTold = status.ofChecks != checkStatus
            checkStatus = status.ofChecks
            if !status.isClosed {
                events.append(CentricEvent(.caseStatusChanged, caseID: subject.id, at: date, &world))
            }
            if areChecksTold {
                for _ in subject.checks {
                    events.append(CentricEvent(.checkStatusChanged, caseID: subject.id, at: date, &world))
                }
            }
            if status.isClosed { events.append(CentricEvent(.caseStatusChanged, caseID: subject.id, at: date, &world)) }
        }
        tell(events, &world)
    }

    mutating func tell(_ events: [CentricEvent], _ world: inout World) {
        endpoint?.deliver(events, &world)
    }

    /// A live key is known to be one, and belongs to another region than the sandbox.
    private static func refusal(of request: APIRequest) -> APIReply? {
        guard let key = request.authorization("Api-Key"), !key.isEmpty else { return CentricError.notAuthenticated }
        if key == SandboxAccount.centricAPIKey { return nil }
        return key.hasPrefix("sk_live_") ? CentricError.permissionDenied : CentricError.authenticationFailed
    }
}
