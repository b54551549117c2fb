internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// Speaks to the control API of a sandbox that runs.
struct ControlClient: Sendable {
    static let defaultAddress = "http://127.0.0.1:9900"

    let address: BaseAddress

    func get(_ path: String) async throws(SandboxFailure) -> JSON {
        try await exchange("GET", path, nil)
    }

    func post(_ path: String, _ body: JSON = [:]) async throws(SandboxFailure) -> JSON {
        try await exchange("POST", path, body)
    }

    func delete(_ path: String) async throws(SandboxFailure) -> JSON {
        try await exchange("DELETE", path, nil)
    }

    private func exchange(_ method: String, _ path: String, _ body: JSON?) async throws(SandboxFailure) -> JSON {
        var request = HTTPClientRequest(url: "\(address)/\(ControlAPI.prefix)/\(path)")
        request.method = .RAW(value: method)
        if let body { request.body = .bytes(ByteBuffer(bytes: body.bytes)) }
        let status: Int
        let answer: JSON?
        do {
            // A sandbox that has a thousand large reports to send is idle only after a while.
            let response = try await CallbackSender.client.execute(request, timeout: .hours(1))
            let bytes = try await response.body.collect(upTo: 256 * 1024 * 1024)
            status = Int(response.status.code)
            answer = JSON(parsing: Array(bytes.readableBytesView))
        } catch {
            throw .noSandbox(address: address.description, problem: NetworkProblem.text(error))
        }
        guard let answer else { throw .noSandbox(address: address.description, problem: "what answers is no sandbox") }
        guard status == 200 else { throw .refused(answer["error"]?.string ?? "the sandbox answered \(status)") }
        return answer
    }
}
