internal import Deliveries
internal import Foundation
internal import HTTPListener
internal import NIOPosix

/// A server on a port of 127.0.0.1. It uses the same HTTP listener as Callbox, because that module is independent of
/// providers.
struct SandboxListener: Sendable {
    /// The maximum bytes of one body; a larger body gets a 413 response.
    static let bodyByteCountLimit = 64 * 1024 * 1024

    let port: Int
    private let listener: OpenListener

    /// - Parameter port: the port to listen on; 0 for any free port.
    static func listen(
        port: Int, respond: @escaping @Sendable (InboundRequest) async -> Response
    ) async throws -> SandboxListener {
        let application = ListenerApplication(
            now: { Timestamp(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000)) },
            admit: { _ in
                .read(bodyByteCountLimit: bodyByteCountLimit) { request, send in
                    Task { send(await respond(request)) }
                }
            })
        do throws(ListenError) {
            let listener = try await HTTPListener(limits: ListenerLimits(), application: application)
                .listen(on: .tcp(host: "127.0.0.1", port: port), group: MultiThreadedEventLoopGroup.singleton)
            return SandboxListener(port: listener.port ?? port, listener: listener)
        } catch {
            let reason = error == .addressInUse ? "the port is in use" : "\(error)"
            throw SandboxFailure(
                "cannot listen on 127.0.0.1:\(port): \(reason); use another --port, or 0 for any free port",
                .unavailable)
        }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Closes the port. Waits up to half a second for responses in progress.
    func stop() async {
        await listener.shutDown(grace: .milliseconds(500))
    }
}
