internal import Deliveries
internal import Foundation
internal import StrictJSON

/// The sandbox's own API under `/_sandbox` (docs/sandbox.md). The commands and tests use this API. The API requires no
/// credentials.
struct ControlAPI: Sendable {
    static let prefix = "_sandbox"

    let sandbox: Sandbox

    func response(to request: APIRequest) async -> Response? {
        guard request.path.first == Self.prefix else { return nil }
        guard Self.isFromThisMachine(request) else {
            return .json(403, ["error": "the sandbox's own API does not serve web pages"])
        }
        do {
            switch (request.method, request.path.dropFirst().first) {
            case ("GET", "status"): return .json(200, await status())
            case ("GET", "ledger"):
                guard let after = Int(request.queryValue("after") ?? "0") else {
                    throw SandboxFailure("'after' must be a whole number")
                }
                return .json(200, .array(sandbox.ledger.lines(after: after).map { .raw($0) }))
            case ("POST", "steps"):
                guard let object = request.object else { throw SandboxFailure("the body must be a step") }
                let step = try Step(object)
                var runner = StepRunner(sandbox)
                try await runner.run(step)
                return .json(200, await status())
            default: return .json(404, ["error": "the sandbox's own API has no such call"])
            }
        } catch {
            return .json(400, ["error": "\((error as? SandboxFailure)?.message ?? "the sandbox failed: \(error)")"])
        }
    }

    /// False for requests that a web page sends. A browser sends `Origin` with each POST and `Sec-Fetch-Site` with each
    /// request. If an attacker's name resolves to 127.0.0.1, `Host` contains that name.
    private static func isFromThisMachine(_ request: APIRequest) -> Bool {
        guard request.headers.values(named: "Origin").isEmpty,
            request.headers.values(named: "Sec-Fetch-Site").allSatisfy({ $0 == "none" })
        else { return false }
        let hosts = request.headers.values(named: "Host")
        return hosts.allSatisfy { host in
            ["127.0.0.1", "localhost"].contains(host.split(separator: ":").first.map(String.init) ?? "")
        }
    }

    private func status() async -> JSON {
        let calls = await sandbox.callCounts.sorted { $0.key < $1.key }
        return [
            "now": "\(sandbox.clock.now.milliseconds)", "pending": .integer(await sandbox.dispatcher.pendingCount),
            "calls": .object(calls.map { JSON.Member($0.key, .integer($0.value)) }),
            "faults": .array(await sandbox.dispatcher.faults.map(\.json)),
        ]
    }
}

/// Calls the control API of a running sandbox.
struct ControlClient: Sendable {
    static let defaultAddress = "http://127.0.0.1:9900"

    let address: String

    func get(_ path: String) async throws -> JSON {
        try await send("GET", path, [])
    }

    @discardableResult
    func run(_ step: JSON) async throws -> JSON {
        try await send("POST", "steps", step.bytes)
    }

    private func send(_ method: String, _ path: String, _ body: [UInt8]) async throws -> JSON {
        let response: Response
        do {
            // The sandbox can need some time to send a thousand large reports.
            response = try await HTTPSender.send(
                method, "\(address)/\(ControlAPI.prefix)/\(path)", body: body, timeLimit: .seconds(3600),
                responseByteCountLimit: 256 * 1024 * 1024)
        } catch {
            throw noSandbox(error.problem)
        }
        guard let json = JSON(parsing: response.body) else {
            throw noSandbox("no JSON response")
        }
        guard response.status == 200 else {
            throw SandboxFailure(json["error"]?.string ?? "the sandbox responded with \(response.status)")
        }
        return json
    }

    private func noSandbox(_ problem: String) -> SandboxFailure {
        SandboxFailure(
            "no sandbox at \(address): \(problem); start one with 'callbox-sandbox serve', or use --sandbox",
            .unavailable)
    }
}
