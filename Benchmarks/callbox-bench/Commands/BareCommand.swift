import ArgumentParser
import Deliveries
import Foundation
import HTTPListener
import NIOPosix

/// Runs Callbox's listener without an application. The listener receives each body and drops it.
struct BareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bare", abstract: "Serve the listener alone, until killed.")

    func run() async throws {
        let application = ListenerApplication(
            now: { Timestamp(millisecondsSinceEpoch: 0) },
            admit: { _ in .read(bodyByteCountLimit: 32 << 20) { _, respond in respond(.json(200, #"{"id":1}"#)) } })
        let server = try await HTTPListener(limits: ListenerLimits(), application: application)
            .listen(on: .tcp(host: "127.0.0.1", port: 0), group: MultiThreadedEventLoopGroup.singleton)
        print("listening on http://127.0.0.1:\(server.port ?? 0)")
        // Flushes the output here, because Swift buffers output to a pipe.
        fflush(nil)
        try await Task.sleep(for: .seconds(3600))
    }
}
