internal import CallboxConfiguration
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

extension Server {
    func reload(on hangups: UnixSignalsSequence, _ metrics: ServerMetrics) async {
        await cancelWhenGracefulShutdown {
            for await _ in hangups { _ = try? reload(metrics) }
        }
    }

    @discardableResult
    func reload(_ metrics: ServerMetrics? = nil) throws -> LiveConfiguration.Reload {
        manager.reloading()
        defer { manager.ready() }
        do {
            let reload = try live.reload()
            metrics?.add(sources: reload.sources)
            logger.info("configuration reloaded", metadata: ["sources": "\(reload.sources.joined(separator: ","))"])
            if !reload.needingRestart.isEmpty {
                logger.warning(
                    "some changes apply only after a restart",
                    metadata: ["keys": "\(reload.needingRestart.joined(separator: ","))"])
            }
            return reload
        } catch {
            let failure = report(error)
            logger.error(
                "cannot reload the configuration; the old settings stay in use",
                metadata: ["reason": "\(failure.message)", "advice": "\(failure.advice ?? "-")"])
            throw error
        }
    }
}
