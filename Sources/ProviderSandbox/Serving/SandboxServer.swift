/// Puts a sandbox on a port of 127.0.0.1: the providers' documented paths, their pages, and the control API.
package struct SandboxServer: Sendable {
    package let port: Int
    package let sandbox: Sandbox
    private let receiver: LoopbackReceiver

    package var baseURL: String { "http://127.0.0.1:\(port)" }

    package static func listen(port: Int, seed: UInt64) async throws(SandboxFailure) -> SandboxServer {
        let receiver = try await LoopbackReceiver.listen(port: port)
        let baseURL = "http://127.0.0.1:\(receiver.port)"
        let sandbox = Sandbox(baseURL: baseURL, seed: seed, imitations: Imitations.all)
        return SandboxServer(port: receiver.port, sandbox: sandbox, receiver: receiver)
    }

    /// Answers until it is stopped; calls wait for each other only inside the sandbox.
    package func serve() async {
        let control = ControlAPI(sandbox: sandbox)
        await withDiscardingTaskGroup { group in
            for await arrival in receiver.arrivals {
                group.addTask {
                    let answer = arrival.answer
                    guard let request = APIRequest(arrival.request) else {
                        await answer.send(.json(400, ["error": "this is no request"]))
                        return
                    }
                    if let reply = await control.answer(request) {
                        await answer.send(reply)
                    } else {
                        await answer.send(await sandbox.answer(request))
                    }
                }
            }
        }
    }

    package func stop() async {
        await receiver.stop()
        await sandbox.stop()
    }
}

/// Everybody who is imitated.
enum Imitations {
    static var all: [any Imitation] {
        [
            KlaviImitation(), CertnLegacyImitation(), CertnCentricImitation(), EZiDImitation(), CertificallImitation(),
        ]
    }
}
