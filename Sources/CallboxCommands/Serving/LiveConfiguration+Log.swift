internal import CallboxConfiguration
internal import Logging

extension LiveConfiguration {
    /// Reloads and logs the outcome.
    func reload(_ logger: Logger) {
        do {
            let reload = try reload()
            logger.info("configuration reloaded", metadata: ["sources": "\(reload.sources.joined(separator: ","))"])
            if reload.needsRestart {
                logger.warning("of what was changed, only sources, routes, secrets and retention hold before a restart")
            }
        } catch {
            let failure = CommandFailure(translating: error)
            logger.error(
                "the new configuration is wrong; the old one goes on",
                metadata: ["reason": "\(failure.message)", "advice": "\(failure.advice ?? "-")"])
        }
    }
}
