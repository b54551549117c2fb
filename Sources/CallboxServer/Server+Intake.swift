internal import CallboxConfiguration
internal import Deliveries
internal import Intake
internal import Journal
internal import NIOPosix
internal import Quarantine

extension Server {
    func intake<Receipt: JournalReceipt>(
        _ archive: OpenArchive, _ floor: FreeSpaceFloor, _ metrics: ServerMetrics, _ log: IntakeLog,
        _ links: ReferredLinks, _ loops: OwnDeliveries, _ bodies: NIOThreadPool, encode: DeliveryEncoder,
        commit: @escaping IntakePipeline<Receipt>.Commit
    ) -> IntakePipeline<Receipt> {
        IntakePipeline(
            sources: { [live] in live.sources }, encode: encode, commit: commit,
            quarantine: { !floor.isShort() && archive.quarantine.add($0) },
            offload: { work in
                metrics.offloaded.add()
                bodies.submit { _ in
                    work()
                    metrics.offloaded.add(-1)
                }
            },
            observe: { log.note($0) }, redirectLimits: .redirects, quarantineLimits: .quarantine,
            isSpaceShort: { floor.isShort() }, loops: loops.check, isReferredTo: { _, target in links.contains(target) }
        )
    }
}
