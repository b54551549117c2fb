import ArgumentParser
import BodyCompression
import Deliveries
import Foundation
import Intake
import Providers

/// Measures the cost of a delivery before its commit. Verification and encoding run on one thread, and the result is
/// CPU time.
struct IntakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake", abstract: "Measure the CPU time of verifying and encoding a signed Klavi report.")

    @Option(help: "Approximate size of the body in bytes.")
    var bytes = 2048

    @Option(help: "Deliveries per round.")
    var count = 20_000

    @Option(help: "Number of rounds. The median is printed.")
    var rounds = 5

    func run() async throws {
        let request = DeliveryFactory(byteCount: bytes).inboundRequest(1)
        let secret = Secret(name: "bench", purpose: .signature, bytes: Array(DeliveryFactory.secret.utf8))
        let source = Source(
            name: "klavi", provider: KlaviProvider(), path: "/klavi",
            originPolicy: .required(secrets: [secret], toleranceMilliseconds: OriginPolicy.defaultToleranceMilliseconds)
        )
        let encode = DeliveryEncoder(compressor: ZlibCompressor())
        var verifying: [Double] = []
        var both: [Double] = []
        for _ in 0..<rounds {
            verifying.append(
                try microseconds {
                    guard case .authentic = AuthenticDelivery.authenticate(request, at: source) else {
                        throw NotVerified()
                    }
                })
            both.append(
                try microseconds {
                    guard case .authentic(let delivery) = AuthenticDelivery.authenticate(request, at: source) else {
                        throw NotVerified()
                    }
                    _ = encode(delivery)
                })
        }
        let medians = [verifying, both].map { $0.sorted()[rounds / 2] }
        print(
            String(
                format: "%d bytes: verification %.1f µs, verification and encoding %.1f µs of CPU time per delivery",
                request.body.count, medians[0], medians[1]))
    }

    private struct NotVerified: Error {}

    /// - Returns: the CPU time per call, in microseconds.
    private func microseconds(_ work: () throws -> Void) throws -> Double {
        let start = Clock.processSeconds
        for _ in 0..<count { try work() }
        return (Clock.processSeconds - start) / Double(count) * 1e6
    }
}
