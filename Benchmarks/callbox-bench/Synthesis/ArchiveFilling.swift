import BodyCompression
import Deliveries
import Foundation
import Intake
import Journal
import Providers

/// Writes synthetic deliveries into an archive as intake would. Several threads encode the deliveries, and the writer
/// commits them in order. No other type of the benchmark uses `DeliveryEncoder` and `JournalWriter`.
struct ArchiveFilling {
    struct NotStored: Error, CustomStringConvertible {
        let description: String
    }

    let traffic: any ArchiveTraffic
    let path: String
    let progress: @Sendable (Int) -> Void

    private static let chunkCount = 256
    /// The maximum number of deliveries that wait for their commit. The writer itself accepts up to twice this number.
    private static let waitingLimit = 4096

    /// - Returns: the total size of the bodies before compression, in bytes.
    @discardableResult
    func run() async throws -> Int {
        let writer: JournalWriter
        do {
            writer = try JournalWriter(ArchiveDirectory(path: path))
        } catch {
            throw NotStored(description: "\(path): \(error)")
        }
        defer { writer.close() }
        let (stream, responses) = AsyncStream<CommitRejection?>.makeStream()
        var waiting = Waiting(responses: stream.makeAsyncIterator())
        let chunks = (traffic.deliveryCount + Self.chunkCount - 1) / Self.chunkCount
        // Encodes a few chunks ahead, which keeps the cores busy while the writer commits the oldest chunk.
        let ahead = ProcessInfo.processInfo.activeProcessorCount * 2
        var bodyByteCount = 0
        var tasks: [Task<[EncodedDelivery], any Error>] = []
        for chunk in 0..<chunks {
            while tasks.count < ahead, chunk + tasks.count < chunks { tasks.append(encode(chunk + tasks.count)) }
            for delivery in try await tasks.removeFirst().value {
                bodyByteCount += delivery.body.byteCount
                while waiting.count >= Self.waitingLimit { try await waiting.awaitOne() }
                waiting.count += 1
                writer.commit(delivery) { outcome in
                    if case .rejected(let rejection) = outcome {
                        responses.yield(rejection)
                    } else {
                        responses.yield(nil)
                    }
                }
            }
            progress(min(traffic.deliveryCount, (chunk + 1) * Self.chunkCount))
        }
        while waiting.count > 0 { try await waiting.awaitOne() }
        return bodyByteCount
    }

    private func encode(_ chunk: Int) -> Task<[EncodedDelivery], any Error> {
        let traffic = traffic
        return Task.detached {
            let encode = DeliveryEncoder(compressor: Self.compressor)
            let first = chunk * Self.chunkCount
            return try (first..<min(first + Self.chunkCount, traffic.deliveryCount)).map { index in
                let delivery = traffic.delivery(index)
                guard let source = Self.sources[delivery.source] else {
                    throw NotStored(description: "no source \(delivery.source)")
                }
                guard case .authentic(let authentic) = AuthenticDelivery.authenticate(delivery.request, at: source)
                else { throw NotStored(description: "a synthetic delivery was rejected") }
                var random = SeededGenerator(seed: traffic.seed &+ 2, index: UInt64(index))
                return encode(authentic, uuid: UUIDv7(at: delivery.request.receivedAt, using: &random))
            }
        }
    }

    private static let compressor = ZlibCompressor()

    /// The sources of the traffic. Each source accepts unsigned deliveries, because synthetic deliveries have no
    /// signature. Intake does not parse bodies, so the provider of `shop` has no effect.
    private static let sources: [String: Source] = {
        let providers: [any Provider] = [KlaviProvider(), CertnProvider(), CertificallProvider(), EZiDProvider()]
        let sources = (providers.map { ($0.name, $0) } + [("shop", KlaviProvider())]).map { name, provider in
            Source(name: name, provider: provider, path: "/" + name, originPolicy: .unchecked)
        }
        return Dictionary(uniqueKeysWithValues: sources.map { ($0.name, $0) })
    }()

    /// Counts the deliveries whose commit does not have a result yet.
    private struct Waiting {
        var responses: AsyncStream<CommitRejection?>.Iterator
        var count = 0

        mutating func awaitOne() async throws {
            count -= 1
            if let response = await responses.next(isolation: #isolation), let rejection = response {
                throw NotStored(description: "not stored: \(rejection.rawValue)")
            }
        }
    }
}
