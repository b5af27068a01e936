"""How memory is used: retrieve, bind slots, execute, control."""
