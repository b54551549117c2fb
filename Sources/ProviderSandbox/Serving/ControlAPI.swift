internal import Foundation

/// How the sandbox itself is steered, under `/_sandbox`: everything the commands `trigger`, `fault`, `advance`, `register`
/// and `ledger` do, and what a test may want to.
///
/// | call | does |
/// |---|---|
/// | GET /_sandbox/status | time, callbacks under way, calls answered, faults |
/// | GET /_sandbox/ledger?after=N | attempts since number N |
/// | POST /_sandbox/idle | answers when every callback is through |
/// | POST /_sandbox/advance {"seconds"} | puts the clock forward |
/// | POST /_sandbox/register {"provider","url","scheme"} | sets a callback URL as a console would |
/// | POST /_sandbox/trigger {"provider","kind","externalInfo","reference","url","byteCount","count"} | delivers now |
/// | POST /_sandbox/faults {"pattern","fault","count"} | lets deliveries go wrong; DELETE ends it |
struct ControlAPI: Sendable {
    static let prefix = "_sandbox"
    /// Deliveries of one trigger.
    static let triggerCountLimit = 100_000

    let sandbox: Sandbox

    /// Nil for a path that is none of the sandbox's own.
    func answer(_ request: APIRequest) async -> APIReply? {
        guard request.path.first == Self.prefix else { return nil }
        do throws(SandboxRefusal) {
            return try await act(request)
        } catch {
            return .json(400, ["error": .string(error.text)])
        }
    }

    private func act(_ request: APIRequest) async throws(SandboxRefusal) -> APIReply {
        let object = request.object ?? [:]
        switch (request.method, request.path.dropFirst().first) {
        case ("GET", "status"):
            return .json(200, await status())
        case ("GET", "ledger"):
            guard let after = Int(request.queryValue("after") ?? "0") else {
                throw SandboxRefusal("'after' must be a whole number")
            }
            return .json(200, .array(sandbox.ledger.entries(after: after).map(\.json)))
        case ("POST", "idle"):
            await sandbox.idle()
            return .json(200, await status())
        case ("POST", "advance"):
            guard case .number(let digits)? = object["seconds"], let seconds = Double(digits), seconds >= 0,
                seconds <= 315_360_000
            else { throw SandboxRefusal("'seconds' must be a number from 0 to ten years") }
            sandbox.clock.advance(by: seconds)
            return .json(200, await status())
        case ("POST", "register"):
            let registration = Registration(
                url: try Self.url(object["url"]), scheme: try Self.optionalText(object, "scheme"))
            try await sandbox.register(registration, at: try Self.text(object, "provider"))
            return .json(200, ["registered": true])
        case ("POST", "trigger"):
            return try await trigger(object)
        case ("POST", "faults"):
            guard let fault = Fault(try Self.text(object, "fault")) else {
                throw SandboxRefusal("'fault' must be one of \(Fault.spellings)")
            }
            let count = try Self.number(object, "count")
            if let count, count < 1 { throw SandboxRefusal("'count' must be at least 1") }
            let pattern = try Self.optionalText(object, "pattern") ?? "*"
            await sandbox.add(FaultRule(pattern: pattern, fault: fault, count: count))
            return .json(200, await status())
        case ("DELETE", "faults"):
            await sandbox.clearFaults()
            return .json(200, await status())
        default:
            return .json(404, ["error": "the sandbox has no such call"])
        }
    }

    private func trigger(_ object: JSON) async throws(SandboxRefusal) -> APIReply {
        let count = try Self.number(object, "count") ?? 1
        guard (1...Self.triggerCountLimit).contains(count) else {
            throw SandboxRefusal("'count' must be 1 to \(Self.triggerCountLimit)")
        }
        let byteCount = try Self.number(object, "byteCount")
        if let byteCount, !(0...SandboxQuantity.byteCountLimit).contains(byteCount) {
            throw SandboxRefusal("'byteCount' must be 0 to \(SandboxQuantity.byteCountLimit)")
        }
        let externalInfo = object["externalInfo"] ?? [:]
        guard let members = externalInfo.members else { throw SandboxRefusal("'externalInfo' must be an object") }
        let provider = try Self.text(object, "provider")
        let trigger = Trigger(
            kind: try Self.text(object, "kind"), externalInfo: members,
            reference: try Self.optionalText(object, "reference"), url: try object["url"].map(Self.url),
            byteCount: byteCount)
        try await sandbox.trigger(trigger, at: provider, count: count)
        return .json(200, ["triggered": .integer(count)])
    }

    private func status() async -> JSON {
        let faults = await sandbox.faults()
        let calls = await sandbox.callCounts.sorted { $0.key < $1.key }
        return [
            "now": .string(sandbox.clock.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))),
            "pending": .integer(await sandbox.pendingCount()),
            "calls": .object(calls.map { JSON.Member($0.key, .integer($0.value)) }),
            "faults": .array(
                faults.map {
                    [
                        "pattern": .string($0.pattern), "fault": .string($0.fault.text),
                        "count": $0.count.map { .integer($0) } ?? nil,
                    ]
                }),
        ]
    }

    private static func text(_ object: JSON, _ name: String) throws(SandboxRefusal) -> String {
        guard let text = object[name]?.string, !text.isEmpty else {
            throw SandboxRefusal("'\(name)' must be a text that is not empty")
        }
        return text
    }

    /// Nil where there is no such member.
    private static func optionalText(_ object: JSON, _ name: String) throws(SandboxRefusal) -> String? {
        object[name] == nil ? nil : try text(object, name)
    }

    /// Nil where there is no such member.
    private static func number(_ object: JSON, _ name: String) throws(SandboxRefusal) -> Int? {
        guard let value = object[name] else { return nil }
        guard let number = value.integer else { throw SandboxRefusal("'\(name)' must be a whole number") }
        return number
    }

    private static func url(_ value: JSON?) throws(SandboxRefusal) -> String {
        guard let text = value?.string, let url = URL(string: text), let host = url.host(),
            url.scheme == "http" || url.scheme == "https"
        else { throw SandboxRefusal("'url' must be an http or https URL") }
        guard LoopbackHost.isOne(host) else {
            throw SandboxRefusal("'url' must be on this machine (127.0.0.1); the sandbox calls nobody else")
        }
        return text
    }
}
