from django.apps import AppConfig


class DeliverablesConfig(AppConfig):
    name = "heitu.stages.deliverables"
    label = "deliverables"

    def ready(self) -> None:
        """A list of hosts that can't be read stops the start, not the first team that hands in."""
        from heitu.stages.deliverables.repositories.addresses import allowed_hosts

        allowed_hosts()
