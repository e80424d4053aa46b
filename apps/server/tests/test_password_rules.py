"""Which passwords people may choose here."""

from pathlib import Path

from .house import identity_for, open_house, problem, settings_for


async def test_words_of_the_installation_are_no_passwords(sqlite_url: str, tmp_path: Path) -> None:
    """What is a fair password elsewhere is the first that is tried where the company is called so."""
    wanted = {"email": "ada@example.com", "name": "Ada", "password": "QuuxWerke!2026"}
    async with open_house(settings_for(tmp_path, sqlite_url)) as house:
        assert (await house.stranger().send("POST", "/identity/users", wanted)).status_code == 202
    identity = identity_for(password_words=("Quuxwerke",))
    async with open_house(settings_for(tmp_path, sqlite_url, identity=identity)) as house:
        refused = await house.stranger().send("POST", "/identity/users", wanted | {"email": "ben@example.com"})
        assert problem(refused, 422)["field"] == "password"
