internal import Foundation

/// Lets a scenario happen in a sandbox.
package struct ScenarioRun: Sendable {
    private let sandbox: Sandbox
    private let console: Console

    package init(_ sandbox: Sandbox, on console: Console) {
        self.sandbox = sandbox
        self.console = console
    }

    /// - Returns: false where an answer or the attempts were others than the scenario expects; each is told on the console.
    package func run(_ scenario: Scenario) async throws(SandboxFailure) -> Bool {
        var saved: [String: String] = [:]
        var seen = 0
        var isAsExpected = true
        for (index, step) in scenario.steps.enumerated() {
            do throws(SandboxRefusal) {
                switch step {
                case .trigger(let provider, let trigger, let count):
                    try await sandbox.trigger(trigger.filled(with: saved), at: provider, count: count)
                case .fault(let rule): await sandbox.add(rule)
                case .clearFaults: await sandbox.clearFaults()
                case .advance(let seconds): sandbox.clock.advance(by: seconds)
                case .idle: await sandbox.idle()
                case .call(let call): try await self.call(call, &saved)
                case .expect(let expectation):
                    let entries = sandbox.ledger.entries(after: seen)
                    seen = entries.last?.number ?? seen
                    try expectation.check(entries)
                }
            } catch {
                console.warn("step \(index + 1): \(error.text)")
                isAsExpected = false
            }
        }
        await sandbox.idle()
        return isAsExpected
    }

    private func call(_ call: ScenarioCall, _ saved: inout [String: String]) async throws(SandboxRefusal) {
        let form = call.form?.map { APIRequest.QueryItem($0.name, $0.value.filled(with: saved)) }
        let body = form.map(FormText.bytes) ?? call.body?.filled(with: saved).bytes
        let request = APIRequest(
            method: call.method, target: call.path.filled(with: saved),
            headers: call.headers.map { HeaderLine($0.name, $0.value.filled(with: saved)) },
            body: body ?? [])
        let reply = await sandbox.answer(request)
        let isExpected = call.status.map { $0 == reply.status } ?? (reply.status < 400)
        guard isExpected else {
            throw SandboxRefusal(
                "\(call.method) \(call.path) was answered \(reply.status)"
                    + (call.status.map { ", not \($0)" } ?? "") + ": "
                    + String(decoding: reply.body.prefix(300), as: UTF8.self))
        }
        let answer = JSON(parsing: reply.body)
        for (name, path) in call.saved {
            guard let value = answer?.value(at: path)?.scalar else {
                throw SandboxRefusal("\(call.method) \(call.path): the answer has no '\(path)' to save")
            }
            saved[name] = value
        }
    }
}

extension ScenarioExpectation {
    func check(_ entries: [LedgerEntry]) throws(SandboxRefusal) {
        if let attempts, attempts != entries.count {
            throw SandboxRefusal("\(entries.count) attempts were made, not \(attempts)")
        }
        let found = entries.map { $0.status ?? 0 }
        let deliveredCount = found.count { (200...299).contains($0) }
        if let delivered, delivered != deliveredCount {
            throw SandboxRefusal("\(deliveredCount) attempts were answered with 2xx, not \(delivered)")
        }
        if let statuses, statuses != found {
            throw SandboxRefusal("the answers were \(found), not \(statuses)")
        }
    }
}

extension String {
    /// With what was saved in the place of `${name}`.
    fileprivate func filled(with saved: [String: String]) -> String {
        guard contains("${") else { return self }
        return saved.reduce(self) { $0.replacing("${\($1.key)}", with: $1.value) }
    }
}

/// Fields as a browser sends them (`application/x-www-form-urlencoded`).
private enum FormText {
    static func bytes(_ fields: [APIRequest.QueryItem]) -> [UInt8] {
        Array(fields.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&").utf8)
    }

    private static func encoded(_ text: String) -> String {
        // Letters and digits beyond ASCII are encoded all the same.
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

extension JSON {
    fileprivate func filled(with saved: [String: String]) -> JSON {
        switch self {
        case .string(let text): .string(text.filled(with: saved))
        case .array(let elements): .array(elements.map { $0.filled(with: saved) })
        case .object(let members): .object(members.map { Member($0.name, $0.value.filled(with: saved)) })
        default: self
        }
    }

    /// `a.0.b`.
    fileprivate func value(at path: String) -> JSON? {
        path.split(separator: ".").reduce(Optional(self)) { value, name in
            if let elements = value?.elements, let index = Int(name) {
                return elements.indices.contains(index) ? elements[index] : nil
            }
            return value?[String(name)]
        }
    }

    fileprivate var scalar: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .bool(let flag): String(flag)
        default: nil
        }
    }
}

extension Trigger {
    fileprivate func filled(with saved: [String: String]) -> Trigger {
        var trigger = self
        trigger.reference = reference?.filled(with: saved)
        trigger.url = url?.filled(with: saved)
        trigger.externalInfo = externalInfo.map { JSON.Member($0.name, $0.value.filled(with: saved)) }
        return trigger
    }
}
